import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { contentOf } from "../scenarios/support.js";
import { FEDERATED_KEY, say, seedWith } from "../support/chat.js";
import { type Answered, call } from "../support/client.js";

/** JavaScript's engine would work on these two for years. */
const HOSTILE_TEXT = `${"a".repeat(40)}!`;
const HOSTILE_PATTERN = "(a+)+$";
/** The same where only JavaScript's engine can decide: it looks ahead. */
const LOOK_AROUND = "(?=(a+)+$)";

const rule = (regex: string, content = "matched") => ({
  match: { last_message: { regex } },
  reply: { content },
});

/** The journal entry of an answered request. */
async function entryOf(gateway: GatewayEmulator, { headers }: Answered) {
  const id = headers.get("x-emulator-request");
  return (await call(gateway, "GET", `/_emulator/requests/${id}`, { key: null })).body;
}

describe("Y-66: no pattern holds up the emulator", () => {
  test("a rule's", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ completions: [rule(HOSTILE_PATTERN), rule("!$", "the next rule")] }),
    });
    expect(contentOf(await say(gateway, HOSTILE_TEXT))).toBe("the next rule");
    expect(contentOf(await say(gateway, "aaa"))).toBe("matched");
  });

  test("a rule's that came over HTTP, with flags, for a header and for metadata", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const regex = `(?i)${HOSTILE_PATTERN}`;
    const match = { headers: { "x-name": { regex } }, metadata: { name: { regex } } };
    const body = [{ match, reply: { content: "matched" } }];
    const added = await call(gateway, "POST", "/_emulator/completions", { key: null, body });
    expect(added.status).toBe(200);
    const ask = async (name: string) =>
      contentOf(
        await call(gateway, "POST", "/v1/chat/completions", {
          key: FEDERATED_KEY,
          headers: { "x-name": name },
          body: { model: "acme/llama", messages: [{ role: "user", content: "hi" }], metadata: { name } },
        }),
      );
    expect(await ask(HOSTILE_TEXT)).toBe("hi");
    expect(await ask("AAA")).toBe("matched");
  });

  test("a fault's", async () => {
    const faults = [{ match: { last_message: { regex: HOSTILE_PATTERN } }, fault: { status: 503 } }];
    await using gateway = await startGatewayEmulator({ seed: seedWith({ top: { faults } }) });
    expect((await say(gateway, HOSTILE_TEXT)).status).toBe(200);
    expect((await say(gateway, "aaa")).status).toBe(503);
  });

  test("one with a look-around does not match when time is up, and journal and answer say so", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ completions: [rule(LOOK_AROUND), rule("!$", "the next rule")] }),
    });
    const answer = await say(gateway, HOSTILE_TEXT);
    expect(contentOf(answer)).toBe("the next rule");
    expect(answer.headers.get("x-emulator-hint")).toMatch(/not decided within 50 ms.*look-arounds/);
    const { notes, hint } = await entryOf(gateway, answer);
    expect(notes).toContain(`not decided within 50 ms, so taken as no match: /${LOOK_AROUND}/`);
    expect(hint).toMatch(/not decided/);

    const decided = await say(gateway, "aaa");
    expect(contentOf(decided)).toBe("matched");
    expect(decided.headers.get("x-emulator-hint")).toBeNull();
    expect((await entryOf(gateway, decided)).notes).toEqual([expect.stringMatching(/^answered by rule-/)]);
  });

  test("many of them share the time of one", async () => {
    const hostile = Array.from({ length: 40 }, (_, at) => rule(`${LOOK_AROUND}|never${at}`));
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions: hostile }) });
    const answer = await say(gateway, HOSTILE_TEXT);
    expect(contentOf(answer)).toBe(HOSTILE_TEXT);
    const { notes } = await entryOf(gateway, answer);
    expect(notes.filter((note: string) => note.startsWith("not decided"))).toHaveLength(1);
  });

  test("flags, Unicode, classes and anchors mean what they mean in JavaScript", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({
        completions: [
          rule("(?i)^STRASSE \\d+$", "flags"),
          rule("^\\p{L}+$", "letters"),
          rule("^.$", "one character"),
          rule("^a\\s?b$", "a space of any script"),
          rule("(?m)^second$", "a line"),
        ],
      }),
    });
    expect(contentOf(await say(gateway, "Strasse 12"))).toBe("flags");
    expect(contentOf(await say(gateway, "Übergrößenträger"))).toBe("letters");
    expect(contentOf(await say(gateway, "😀"))).toBe("one character");
    expect(contentOf(await say(gateway, "a\u3000b"))).toBe("a space of any script");
    expect(contentOf(await say(gateway, "first\nsecond"))).toBe("a line");
  });
});
