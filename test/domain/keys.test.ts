import { describe, expect, test } from "vitest";
import { pathWithoutKey } from "../../src/domain/hidden-keys.js";
import { coversModel, registrationProblem, workspacePrefix } from "../../src/domain/keys.js";

describe("I-7: the prefix of a workspace key", () => {
  test.each([
    ["abcd1234.secret", "abcd1234"],
    ["a.secret-of-it", "a"],
    ["abcd1234.se.cret", "abcd1234"],
    [".secret-of-it", ".secret-"],
    ["no-dot-in-here", "no-dot-i"],
  ])("%s: %s", (key, prefix) => {
    expect(workspacePrefix(key)).toBe(prefix);
  });
});

describe("the journal's paths hold no key", () => {
  test.each([
    ["/v1/gateway/groups", "/v1/gateway/groups"],
    ["/v1/gateway/groups/g/api_keys", "/v1/gateway/groups/g/api_keys"],
    [
      "/v1/gateway/groups/g/api_keys/sky_acmeprod0001.local-secret",
      "/v1/gateway/groups/g/api_keys/sky_acmeprod0001",
    ],
    ["/v1/api_keys/abcd1234.secret", "/v1/api_keys/abcd1234"],
    ["/v1/api_keys/abcd1234%2Esecret", "/v1/api_keys/abcd1234"],
    ["/v1/api_keys/abcd1234.sec/ret", "/v1/api_keys/abcd1234"],
    ["/v1/gateway/groups/sky_acmeprod0001.local-secret", "/v1/gateway/groups/sky_acmeprod0001"],
    ["/v1/gateway/groups/sky_acmeprod0001.local/secret/usage", "/v1/gateway/groups/sky_acmeprod0001"],
    ["/v1/gateway/groups/sky%5Facmeprod0001%2Elocal-secret", "/v1/gateway/groups/sky_acmeprod0001"],
    ["/v1/gateway/groups/known123.secret/usage", "/v1/gateway/groups/known123/usage"],
    ["/v1/models/acme/llama-3.1-8b-instruct", "/v1/models/acme/llama-3.1-8b-instruct"],
    ["/v1/models/100%", "/v1/models/100%"],
  ])("%s: %s", (path, kept) => {
    expect(pathWithoutKey(path, (text) => text === "known123.secret")).toBe(kept);
  });
});

describe("K-5: a key of the caller's own", () => {
  const GOOD = "0123456789abcdef";

  test.each([
    [GOOD.repeat(2), null],
    [GOOD.repeat(8), null],
    [GOOD.repeat(2).slice(1), "expected 32 to 128 characters, got 31"],
    [`${GOOD.repeat(8)}x`, "expected 32 to 128 characters, got 129"],
    [
      `${GOOD} ${GOOD}`,
      "expected printable ASCII characters without spaces, as an Authorization header carries them",
    ],
    [
      `${GOOD}é${GOOD}`,
      "expected printable ASCII characters without spaces, as an Authorization header carries them",
    ],
    ["ab".repeat(16), "expected an entropy of at least 3.0 bits per character, got 1.00"],
    ["abcd".repeat(8), "expected an entropy of at least 3.0 bits per character, got 2.00"],
    ["abcdefgh".repeat(4), null],
  ])("%j: %s", (key, problem) => {
    expect(registrationProblem(key)).toBe(problem);
  });
});

describe("Y-44: a key that is scoped to models", () => {
  const key = (modelIds: string[] | null) => ({
    id: "k1",
    workspaceId: "acme",
    prefix: "abcd1234",
    type: "WORKSPACE_INVOKE" as const,
    name: null,
    modelIds,
    ofTeam: false,
  });

  test("covers those, and no target that is no model of the workspace; one without scope covers all", () => {
    expect(coversModel(key(["m1"]), "m1")).toBe(true);
    expect(coversModel(key(["m1"]), "m2")).toBe(false);
    expect(coversModel(key(["m1"]), undefined)).toBe(false);
    expect(coversModel(key(null), undefined)).toBe(true);
  });
});
