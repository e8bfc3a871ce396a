using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cli.Tests.View;

/// <summary>Debian's Chromium without a window, driven through its DevTools protocol. One process for all tests of a class.</summary>
public sealed class Chromium : IAsyncLifetime
{
    public const string Path = "/usr/bin/chromium";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-chromium-").FullName;
    private readonly ClientWebSocket _socket = new();
    private Process? _process;
    private DevTools? _tools;

    public static bool IsThere => File.Exists(Path);

    public async ValueTask InitializeAsync()
    {
        if (!IsThere) return;
        string[] arguments =
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--window-size=1300,900", "--remote-debugging-port=0", $"--user-data-dir={_folder}", "about:blank",
        ];
        _process = Process.Start(new ProcessStartInfo(Path, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        using CancellationTokenSource patience = new(Patience);
        await _socket.ConnectAsync(await Address(_process.StandardError, patience.Token), patience.Token);
        _tools = new(_socket);
    }

    /// <summary>A tab of its own that shows a page.</summary>
    public async Task<Tab> Open(string url)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        DevTools tools = _tools!;
        JsonNode target = await tools.Ask(null, "Target.createTarget", new() { ["url"] = "about:blank" });
        JsonNode session = await tools.Ask(null, "Target.attachToTarget", new() { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true });
        Tab tab = new(tools, session["sessionId"]!.GetValue<string>());
        await tab.Show(url);
        return tab;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            await _tools!.Ask(null, "Browser.close", []);
            using CancellationTokenSource patience = new(Patience);
            await process.WaitForExitAsync(patience.Token);
            process.Dispose();
        }

        _socket.Dispose();
        await Remove(_folder);
    }

    /// <summary>A helper that outlives the browser may still write into the folder while it is removed.</summary>
    private static async Task Remove(string folder)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException) when (tries < 50)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>"DevTools listening on ws://127.0.0.1:41873/devtools/browser/..." among what it says of itself.</summary>
    private static async Task<Uri> Address(StreamReader said, CancellationToken patience)
    {
        const string listening = "DevTools listening on ";
        while (await said.ReadLineAsync(patience) is { } line)
        {
            if (!line.StartsWith(listening, StringComparison.Ordinal)) continue;
            _ = said.ReadToEndAsync(CancellationToken.None); // Or its pipe fills up and it waits.
            return new(line[listening.Length..]);
        }

        throw new InvalidOperationException("Chromium ended before it listened");
    }
}

/// <summary>One conversation in the DevTools protocol: questions with their answers, and what happens meanwhile.</summary>
internal sealed class DevTools
{
    private readonly ClientWebSocket _socket;
    private readonly Dictionary<int, TaskCompletionSource<JsonNode>> _asked = [];
    private readonly List<JsonNode> _events = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DevTools(ClientWebSocket socket)
    {
        _socket = socket;
        _ = Listen();
    }

    public async Task<JsonNode> Ask(string? session, string method, JsonObject parameters)
    {
        TaskCompletionSource<JsonNode> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        JsonObject question = new() { ["method"] = method, ["params"] = parameters };
        if (session is not null) question["sessionId"] = session;
        lock (_lock)
        {
            question["id"] = _asked.Count + 1;
            _asked.Add(_asked.Count + 1, answer);
        }

        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(question), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        JsonNode came = await answer.Task.WaitAsync(TestContext.Current.CancellationToken);
        return came["error"] is { } error ? throw new InvalidOperationException($"{method}: {error}") : came["result"]!;
    }

    /// <summary>What happened in a session so far.</summary>
    public IReadOnlyList<JsonNode> Events(string session)
    {
        lock (_lock) return [.. _events.Where(e => e["sessionId"]?.GetValue<string>() == session)];
    }

    /// <summary>Waits for something to happen in a session, if it has not yet.</summary>
    public async Task Await(string session, string method)
    {
        while (true)
        {
            Task news;
            lock (_lock) news = _news.Task;
            if (Events(session).Any(e => e["method"]!.GetValue<string>() == method)) return;
            await news.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task Listen()
    {
        byte[] piece = new byte[1 << 16];
        using MemoryStream message = new();
        while (_socket.State == WebSocketState.Open)
        {
            WebSocketReceiveResult got;
            try
            {
                got = await _socket.ReceiveAsync(piece, CancellationToken.None);
            }
            catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
            {
                Fail(e);
                return;
            }

            message.Write(piece, 0, got.Count);
            if (!got.EndOfMessage) continue;
            if (message.Length > 0) Take(JsonNode.Parse(message.ToArray())!);
            message.SetLength(0);
        }
    }

    private void Take(JsonNode message)
    {
        lock (_lock)
        {
            if (message["id"] is { } id)
            {
                _asked[id.GetValue<int>()].SetResult(message);
                return;
            }

            _events.Add(message);
            _news.SetResult();
            _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The conversation is over: nobody waits for ever.</summary>
    private void Fail(Exception why)
    {
        lock (_lock)
        {
            foreach (TaskCompletionSource<JsonNode> open in _asked.Values) open.TrySetException(why);
            _news.TrySetException(why);
        }
    }
}
