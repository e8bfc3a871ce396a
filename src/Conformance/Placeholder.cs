namespace Conformance;
internal static class Placeholder;
