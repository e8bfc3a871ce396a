using Implementation.Memory;
using Implementation.Snapshots;

namespace Implementation.Tests.Snapshots;

public class SnapshotTests
{
    [Fact]
    public void Everything_that_can_be_reached_is_as_it_was_and_the_same_objects()
    {
        Node root = new() { Value = 1, Next = new() { Value = 2 }, Perhaps = new(new() { Value = 3 }) };
        root.Next.Next = root;
        (Node next, Node held) = (root.Next, root.Perhaps.Value.Held);
        root.List.AddRange([4, 5]);
        root.Map["a"] = [6];
        root.Set.Add((7, 8));
        root.Rows[1] = [9];
        int counted = 10;
        root.Function = () => counted++;
        Snapshot snapshot = Snapshot.Of(root);

        for (int round = 0; round < 2; round++)
        {
            (root.Value, next.Value, held.Value) = (-1, -2, -3);
            (root.Next, root.Perhaps) = (null, null);
            root.List.Clear();
            for (int i = 0; i < 100; i++) root.List.Add(i);
            root.Map["a"][0] = -6;
            root.Map["b"] = [];
            for (int i = 0; i < 100; i++) root.Set.Add((i, i));
            (root.Rows[0], root.Rows[1]![0]) = ([1, 2], -9);
            counted = -10;
            snapshot.Restore();

            Assert.Equal((1, 2, 3), (root.Value, next.Value, held.Value));
            Assert.Same(next, root.Next);
            Assert.Same(held, root.Perhaps!.Value.Held);
            Assert.Equal([4, 5], root.List);
            Assert.Equal(["a"], root.Map.Keys);
            Assert.Equal([6], root.Map["a"]);
            Assert.Equal([(7, 8)], root.Set);
            Assert.Null(root.Rows[0]);
            Assert.Equal([9], root.Rows[1]!);
            Assert.Equal(10, root.Function());
            counted = 10;
        }
    }

    [Fact]
    public void Memory_is_as_it_was_and_those_who_decoded_code_of_it_are_told()
    {
        using PhysicalMemory memory = new(4);
        memory.Write64(0x1008, 1);
        Snapshot snapshot = Snapshot.Of(new object[] { memory });
        memory.Write64(0x1008, 2);
        memory.Write64(0x3ff8, 3);
        memory.AddCode(3);
        List<ulong> told = [];
        memory.CodeWritten += (mfn, _, _) => told.Add(mfn);
        snapshot.Restore();
        Assert.Equal((1UL, 0UL), (memory.Read64(0x1008), memory.Read64(0x3ff8)));
        Assert.Equal([3UL], told);
    }

    [Fact]
    public void What_has_state_that_fields_do_not_show_is_refused()
    {
        using MemoryStream stream = new();
        NotSupportedException refused = Assert.Throws<NotSupportedException>(() => Snapshot.Of(new object[] { stream }));
        Assert.Contains(nameof(MemoryStream), refused.Message);
    }

    private readonly record struct Holder(Node Held);

    private sealed class Node
    {
        public int Value;
        public Node? Next;
        public Holder? Perhaps;
        public Func<int> Function = () => 0;

        public List<int> List { get; } = [];

        public Dictionary<string, int[]> Map { get; } = [];

        public HashSet<(int, int)> Set { get; } = [];

        public int[]?[] Rows { get; } = new int[2][];
    }
}
