using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cli.View;

/// <summary>The page as one file: the template with style, script and trace put into it.</summary>
internal static class Page
{
    /// <summary>Its encoder writes every &lt;, &gt; and &amp; of a trace as an escape, so that no string of it ends the element it stands in.</summary>
    private static readonly JsonSerializerOptions Escaped = new() { MaxDepth = 64 };

    /// <summary>The text of the page.</summary>
    public static string Of(TraceView trace)
    {
        string style = Resource("page.css"), script = Resource("page.js");
        return Filled(Resource("page.html"), new()
        {
            ["title"] = Html($"{trace.Property} · ringfence"),
            ["style-hash"] = Hash(style),
            ["script-hash"] = Hash(script),
            ["style"] = style,
            ["script"] = script,
            ["trace"] = PageData.Of(trace).ToJsonString(Escaped),
        });
    }

    /// <summary>Puts each value in the place of its {{name}}, once: a value is never searched for places.</summary>
    private static string Filled(string template, Dictionary<string, string> values)
    {
        StringBuilder to = new();
        string[] parts = template.Split("{{");
        to.Append(parts[0]);
        foreach (string part in parts.Skip(1))
        {
            int end = part.IndexOf("}}", StringComparison.Ordinal);
            to.Append(values[part[..end]]).Append(part, end + 2, part.Length - end - 2);
        }

        return to.ToString();
    }

    /// <summary>A source of a content security policy (CSP level 3, section 2.3.1).</summary>
    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static string Html(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
