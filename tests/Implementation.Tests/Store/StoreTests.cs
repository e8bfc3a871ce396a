using System.Text;
using Implementation.Devices;

namespace Implementation.Tests.Store;

/// <summary>The store as domains see it: what they may read and change, and what they hear.</summary>
public class StoreTests
{
    private readonly XenStore _store = new();
    private readonly StoreConnection _control;
    private readonly List<(string Path, string Token)> _heard = [];

    public StoreTests() => _control = _store.Connect(0);

    [Fact]
    public void A_value_is_read_back_and_its_ancestors_exist()
    {
        Assert.Equal(StoreError.None, _control.Write(0, "/a/b/c", "value"));
        Assert.Equal("value", _control.ReadText("/a/b/c"));
        Assert.Equal("", _control.ReadText("/a/b"));
        Assert.Equal(["b"], Children("/a"));
    }

    [Fact]
    public void Children_come_oldest_first_and_once()
    {
        foreach (string name in new[] { "z", "a", "m", "z" }) _control.Write(0, $"/d/{name}", "");
        Assert.Equal(["z", "a", "m"], Children("/d"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a/")]
    [InlineData("/a//b")]
    [InlineData("/a b")]
    [InlineData("/a\n")]
    [InlineData("/\u00e9")]
    [InlineData("a/../b")]
    public void A_path_the_protocol_does_not_allow_is_invalid(string path) =>
        Assert.Equal(StoreError.EINVAL, _control.Write(0, path, "x"));

    [Fact]
    public void Paths_are_bounded()
    {
        Assert.Equal(StoreError.EINVAL, _control.Write(0, "/" + new string('a', 3072), "x"));
        Assert.Equal(StoreError.None, _control.Write(0, "/" + new string('a', 3071), "x"));
    }

    [Fact]
    public void A_relative_path_is_under_the_domains_home()
    {
        StoreConnection guest = Guest(1);
        Assert.Equal(StoreError.None, guest.Write(0, "data/x", "mine"));
        Assert.Equal("mine", _control.ReadText("/local/domain/1/data/x"));
    }

    [Fact]
    public void A_guest_cannot_read_write_list_or_remove_what_it_has_no_right_to()
    {
        StoreConnection guest = Guest(1);
        _control.Write(0, "/secret/key", "x");
        Assert.Equal(StoreError.EACCES, guest.Read(0, "/secret/key", out byte[] value));
        Assert.Empty(value);
        Assert.Equal(StoreError.EACCES, guest.Write(0, "/secret/key", "y"));
        Assert.Equal(StoreError.EACCES, guest.List(0, "/secret", out IReadOnlyList<string> children, out _));
        Assert.Empty(children);
        Assert.Equal(StoreError.EACCES, guest.Remove(0, "/secret/key"));
        Assert.Equal(StoreError.EACCES, guest.MakeDirectory(0, "/secret/new"));
        Assert.Equal(StoreError.EACCES, guest.Read(0, "/secret/no-such", out _)); // not even that it is missing
        Assert.Equal("x", _control.ReadText("/secret/key"));
    }

    [Fact]
    public void Permissions_name_an_owner_a_default_and_exceptions()
    {
        StoreConnection one = Guest(1), two = Guest(2), three = Guest(3);
        _control.Write(0, "/shared", "x");
        _control.SetPermissions(0, "/shared", new(1, StoreAccess.Read, [(2, StoreAccess.Both), (3, StoreAccess.None)]));

        Assert.Equal(StoreError.None, one.Write(0, "/shared", "1"));
        Assert.Equal(StoreError.None, two.Write(0, "/shared", "2"));
        Assert.Equal(StoreError.EACCES, three.Read(0, "/shared", out _));
        Assert.Equal(StoreError.None, Guest(4).Read(0, "/shared", out _));
        Assert.Equal(StoreError.EACCES, Guest(4).Write(0, "/shared", "4"));
    }

    [Fact]
    public void Only_the_owner_changes_permissions_and_cannot_give_the_node_away()
    {
        StoreConnection one = Guest(1), two = Guest(2);
        one.Write(0, "mine", "x");
        one.SetPermissions(0, "mine", new(1, StoreAccess.Both));
        Assert.Equal(StoreError.EACCES, two.SetPermissions(0, "/local/domain/1/mine", new(2, StoreAccess.Both)));
        Assert.Equal(StoreError.EPERM, one.SetPermissions(0, "mine", new(2, StoreAccess.Both)));
    }

    [Fact]
    public void What_a_guest_makes_belongs_to_it()
    {
        StoreConnection guest = Guest(1);
        _control.Write(0, "/open", "");
        _control.SetPermissions(0, "/open", new(0, StoreAccess.Both));
        guest.Write(0, "/open/x", "1");
        _control.GetPermissions(0, "/open/x", out StorePermissions? permissions);
        Assert.Equal((ushort)1, permissions!.Owner);
    }

    [Fact]
    public void Removal_takes_everything_below_and_is_quiet_about_what_is_not_there()
    {
        _control.Write(0, "/t/a/b/c", "x");
        Assert.Equal(StoreError.None, _control.Remove(0, "/t/a"));
        Assert.Equal(StoreError.ENOENT, _control.Read(0, "/t/a/b/c", out _));
        Assert.Empty(Children("/t"));
        Assert.Equal(StoreError.None, _control.Remove(0, "/t/a"));
        Assert.Equal(StoreError.ENOENT, _control.Remove(0, "/t/x/y"));
        Assert.Equal(StoreError.EINVAL, _control.Remove(0, "/"));
    }

    [Fact]
    public void A_watch_hears_changes_at_and_below_its_path_by_the_name_it_used()
    {
        StoreConnection guest = Guest(1);
        Assert.Equal(StoreError.None, guest.Watch("device", "token"));
        Assert.Equal(StoreError.EEXIST, guest.Watch("device", "token"));
        guest.Write(0, "device/vbd/1", "x");
        guest.Write(0, "devices", "not below");
        guest.Write(0, "/local/domain/1/device", "y");
        Assert.Equal([("device/vbd/1", "token"), ("device", "token")], _heard);

        Assert.Equal(StoreError.None, guest.Unwatch("device", "token"));
        Assert.Equal(StoreError.ENOENT, guest.Unwatch("device", "token"));
        guest.Write(0, "device", "z");
        Assert.Equal(2, _heard.Count);
    }

    [Fact]
    public void A_removal_is_heard_by_watches_below_it()
    {
        StoreConnection guest = Guest(1);
        guest.Write(0, "a/b/c", "x");
        guest.Watch("a/b/c", "below");
        guest.Watch("a", "above");
        guest.Remove(0, "a/b");
        Assert.Equal([("a/b/c", "below"), ("a/b", "above")], _heard);
    }

    [Fact]
    public void A_watch_does_not_hear_of_nodes_its_domain_may_not_read()
    {
        Guest(1).Watch("/", "all");
        _heard.Clear();
        _control.Write(0, "/secret", "x");
        Assert.Empty(_heard);
    }

    [Fact]
    public void A_transaction_is_seen_by_nobody_until_it_commits_and_then_at_once()
    {
        StoreConnection guest = Guest(1);
        guest.Watch("data", "t");
        guest.Begin(out uint transaction);
        guest.Write(transaction, "data/a", "1");
        guest.Write(transaction, "data/b", "2");
        Assert.Null(_control.ReadText("/local/domain/1/data/a"));
        Assert.Empty(_heard);
        guest.Read(transaction, "data/a", out byte[] own);
        Assert.Equal("1", Encoding.ASCII.GetString(own));

        Assert.Equal(StoreError.None, guest.End(transaction, commit: true));
        Assert.Equal("2", _control.ReadText("/local/domain/1/data/b"));
        Assert.Equal([("data/a", "t"), ("data/b", "t")], _heard);
    }

    [Fact]
    public void An_aborted_transaction_never_happened()
    {
        StoreConnection guest = Guest(1);
        guest.Begin(out uint transaction);
        guest.Write(transaction, "x", "1");
        Assert.Equal(StoreError.None, guest.End(transaction, commit: false));
        Assert.Null(guest.ReadText("x"));
        Assert.Equal(StoreError.ENOENT, guest.End(transaction, commit: true));
        Assert.Equal(StoreError.ENOENT, guest.Write(transaction, "x", "1"));
    }

    [Theory]
    [InlineData("read")]
    [InlineData("write")]
    [InlineData("list")]
    [InlineData("missing")]
    public void A_commit_fails_if_what_the_transaction_saw_has_changed(string what)
    {
        StoreConnection guest = Guest(1);
        guest.Write(0, "x", "0");
        guest.Begin(out uint transaction);
        switch (what)
        {
            case "read":
                guest.Read(transaction, "x", out _);
                guest.Write(0, "x", "1");
                break;
            case "write":
                guest.Write(transaction, "x", "2");
                guest.Write(0, "x", "1");
                break;
            case "list":
                guest.List(transaction, "/local/domain/1", out _, out _);
                guest.Write(0, "new", "1");
                break;
            default:
                guest.Read(transaction, "new", out _);
                guest.Write(0, "new", "1");
                break;
        }

        Assert.Equal(StoreError.EAGAIN, guest.End(transaction, commit: true));
        Assert.NotEqual("2", guest.ReadText("x"));
    }

    [Fact]
    public void Transactions_that_do_not_touch_each_other_both_commit()
    {
        StoreConnection guest = Guest(1);
        guest.Write(0, "a/x", "0");
        guest.Write(0, "b/x", "0");
        guest.Begin(out uint first);
        guest.Begin(out uint second);
        guest.Write(first, "a/x", "1");
        guest.Write(second, "b/x", "1");
        Assert.Equal(StoreError.None, guest.End(first, commit: true));
        Assert.Equal(StoreError.None, guest.End(second, commit: true));
    }

    [Fact]
    public void A_guest_cannot_fill_the_store()
    {
        StoreConnection guest = Guest(1);
        int made = 0;
        while (made < 5000 && guest.Write(0, $"n/{made}", "x") == StoreError.None) made++;
        Assert.InRange(made, 900, StoreQuota.Nodes);
        Assert.Equal(StoreError.ENOSPC, guest.Write(0, "n/last", "x"));
        Assert.Equal(StoreError.ENOSPC, guest.Write(0, "n/0", new string('x', StoreQuota.NodeSize + 1)));

        guest.Begin(out uint transaction);
        Assert.Equal(StoreError.ENOSPC, guest.Write(transaction, "n/last", "x"));
        Assert.Equal(StoreError.None, _control.Write(0, "/control", "x"));
        guest.Remove(0, "n");
        Assert.Equal(StoreError.None, guest.Write(0, "n/again", "x"));
    }

    [Fact]
    public void Watches_and_transactions_are_bounded()
    {
        StoreConnection guest = Guest(1);
        for (int i = 0; i < StoreQuota.Watches; i++) Assert.Equal(StoreError.None, guest.Watch("w", $"{i}"));
        Assert.Equal(StoreError.E2BIG, guest.Watch("w", "more"));
        for (int i = 0; i < StoreQuota.Transactions; i++) Assert.Equal(StoreError.None, guest.Begin(out _));
        Assert.Equal(StoreError.ENOSPC, guest.Begin(out _));
        guest.Reset();
        Assert.Equal(StoreError.None, guest.Begin(out _));
        Assert.Equal(StoreError.None, guest.Watch("w", "more"));
    }

    private string[] Children(string path)
    {
        Assert.Equal(StoreError.None, _control.List(0, path, out IReadOnlyList<string> children, out _));
        return [.. children];
    }

    /// <summary>A domain whose home is its own, and whose events are collected.</summary>
    private StoreConnection Guest(ushort domain)
    {
        _control.MakeDirectory(0, $"/local/domain/{domain}");
        _control.SetPermissions(0, $"/local/domain/{domain}", new(domain, StoreAccess.None));
        return _store.Connect(domain, (path, token) => _heard.Add((path, token)));
    }
}
