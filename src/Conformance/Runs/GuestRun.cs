namespace Conformance.Runs;

public static class GuestRun
{
    public static RunOutcome Execute(RunRequest request) => throw new NotSupportedException();
}
