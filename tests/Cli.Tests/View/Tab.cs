using System.Text.Json.Nodes;

namespace Cli.Tests.View;

/// <summary>A page in a browser: what it shows, what is done to it, and what it complained of.</summary>
public sealed class Tab
{
    private readonly DevTools _tools;
    private readonly string _session;

    internal Tab(DevTools tools, string session) => (_tools, _session) = (tools, session);

    /// <summary>Errors that the page logged or threw.</summary>
    public IEnumerable<string> Errors =>
        from e in _tools.Events(_session)
        let method = e["method"]!.GetValue<string>()
        where method is "Runtime.exceptionThrown"
            || (method is "Runtime.consoleAPICalled" && e["params"]!["type"]!.GetValue<string>() is "error" or "warning")
            || (method is "Log.entryAdded" && e["params"]!["entry"]!["level"]!.GetValue<string>() is "error" or "warning")
        select e["params"]!.ToJsonString();

    /// <summary>What was asked of the network or of files, the page itself included.</summary>
    public IEnumerable<string> Requests =>
        from e in _tools.Events(_session)
        where e["method"]!.GetValue<string>() == "Network.requestWillBeSent"
        select e["params"]!["request"]!["url"]!.GetValue<string>();

    internal async Task Show(string url)
    {
        foreach (string domain in (string[])["Page", "Runtime", "Network", "Log"]) await Ask($"{domain}.enable");
        await Ask("Page.navigate", ("url", url));
        await _tools.Await(_session, "Page.loadEventFired");
    }

    /// <summary>The value of an expression of the page's script.</summary>
    public async Task<T> Evaluate<T>(string expression)
    {
        JsonNode answer = await Ask("Runtime.evaluate", ("expression", expression), ("returnByValue", true));
        if (answer["exceptionDetails"] is { } thrown) throw new InvalidOperationException($"{expression}: {thrown.ToJsonString()}");
        return answer["result"]!["value"]!.GetValue<T>();
    }

    public Task<string> Text(string selector) => Evaluate<string>($"document.querySelector({Quoted(selector)}).textContent");

    public Task<int> Count(string selector) => Evaluate<int>($"document.querySelectorAll({Quoted(selector)}).length");

    public Task Click(string selector) =>
        Evaluate<bool>($"(document.querySelector({Quoted(selector)}).dispatchEvent(new MouseEvent('click', {{ bubbles: true }})), true)");

    /// <summary>Gives a control a value, as a hand does.</summary>
    public Task Enter(string selector, string value) => Evaluate<bool>(
        $"(e => {{ e.value = {Quoted(value)}; e.dispatchEvent(new Event('input', {{ bubbles: true }})); return true; }})(document.querySelector({Quoted(selector)}))");

    /// <summary>Presses a key of the keyboard and lets it go.</summary>
    public async Task Press(string key)
    {
        foreach (string type in (string[])["keyDown", "keyUp"])
        {
            JsonObject press = new() { ["type"] = type, ["key"] = key, ["code"] = key };
            if (key.Length == 1 && type == "keyDown") press["text"] = key;
            await _tools.Ask(_session, "Input.dispatchKeyEvent", press);
        }
    }

    /// <summary>What the page looks like in dark or light surroundings, on screen or on paper.</summary>
    public Task Emulate(string medium, string scheme) => _tools.Ask(_session, "Emulation.setEmulatedMedia", new()
    {
        ["media"] = medium,
        ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }),
    });

    private Task<JsonNode> Ask(string method, params (string Name, JsonNode Value)[] parameters)
    {
        JsonObject all = [];
        foreach ((string name, JsonNode value) in parameters) all[name] = value;
        return _tools.Ask(_session, method, all);
    }

    private static string Quoted(string text) => JsonValue.Create(text).ToJsonString();
}
