import { gzipSync } from "node:zlib";
import type { Surface } from "../../src/domain/journal.js";
import type { Route } from "../support/routes.js";
import { ROUTES } from "../support/routes.js";
import { BODIES, type BodyTable, withValue } from "./bodies.js";
import type { Malformed } from "./expect-refusal.js";
import {
  AI_GATEWAY_HOST,
  FEDERATED_KEY,
  type Ids,
  MANAGEMENT_HOST,
  PARAMETER,
  pathOf,
  signatureOf,
} from "./subject.js";
import type { WireRequest } from "./wire.js";

type Header = readonly [name: string, value: string];

/** What a route's malformed requests are made from. */
export interface Material {
  readonly ids: Ids;
  readonly workspaceKey: string;
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH"];
const DEEP = 100_000;
const JSON_TYPE: Header = ["Content-Type", "application/json"];

/** Writes that look at no body, so that no body can be wrong. */
const BODILESS =
  /^\w+ \S*\/(wake|sync\/:route\{\.\+\})$|^POST \/_emulator\/(reset|webhooks\/(idle|pause|resume|dead-letters\/(:id\/)?redrive)|snapshots\/:\w+\/restore)$/;

/** Writes that take one object or a list of them, so that an empty list is fine. */
const TAKES_LISTS = /^POST \/_emulator\/(faults|completions|predictions)$/;

/** Models and chains take any value, so that only what is no JSON at all is wrong. */
const TAKES_ANY_JSON = /^POST \S*\/(predict|run_remote)$/;

function isJson(body: string | Buffer): boolean {
  try {
    JSON.parse(new TextDecoder("utf8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(body)));
    // Deeper than the emulator reads.
    return !body.toString().startsWith("[[");
  } catch {
    return false;
  }
}

/** Every malformed request of one route. What a route would rightly accept is never made. */
export function malformedRequests(route: Route, material: Material): Malformed[] {
  return [
    ...wrongMethods(route, material),
    ...wrongPaths(route, material),
    ...wrongParameters(route, material),
    ...wrongHosts(route, material),
    ...wrongQueries(route, material),
    ...wrongKeys(route, material),
    ...wrongBodies(route, material),
  ];
}

/** The surface that a request target belongs to, on the plain host or one named by `/_host/`. */
function surfaceOf(named: string): Surface {
  const target = named.replace(/^\/_host\/nowhere\.example/, "");
  if (target.startsWith(`${MANAGEMENT_HOST}/`)) return "management";
  if (target.startsWith(`${AI_GATEWAY_HOST}/`)) return "cloudflare";
  if (/^\/_host\/(model|chain)-[\w-]+\./.test(target)) return "dedicated";
  if (/^\/_emulator(\/|$)/.test(target)) return "control";
  const management = /^\/v1\/((gateway|spec|users|api_keys|secrets|teams|model_apis)(\/|$)|models\/.)/;
  return management.test(target) ? "management" : "inference";
}

/** A key that the route accepts; the control plane asks for none. */
function goodKey({ surface }: Route, { workspaceKey }: Material): Header[] {
  switch (surface) {
    case "control":
      return [];
    case "inference":
      return [["Authorization", `Api-Key ${FEDERATED_KEY}`]];
    case "dedicated":
    case "cloudflare":
    case "management":
      return [["Authorization", `Api-Key ${workspaceKey}`]];
  }
}

function tableOf({ method, path }: Route): BodyTable | undefined {
  return BODIES[`${method} ${path}`];
}

/** The request as it should be, to spoil one thing at a time. */
export function goodRequest(route: Route, material: Material): WireRequest {
  const table = tableOf(route);
  const request = { method: route.method, target: pathOf(route, material.ids) };
  if (!table) return { ...request, headers: goodKey(route, material) };
  const body = JSON.stringify(table.valid);
  return { ...request, headers: [...goodKey(route, material), JSON_TYPE, ...signed(route, body)], body };
}

function signed({ path }: Route, body: string | Buffer): Header[] {
  return path.endsWith("/register") ? [["X-Baseten-Signature", signatureOf(body)]] : [];
}

function wrongMethods(route: Route, material: Material): Malformed[] {
  const allowed = new Set(
    ROUTES.filter(({ surface, path }) => surface === route.surface && path === route.path).flatMap(
      ({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]),
    ),
  );
  return METHODS.filter((method) => !allowed.has(method) && !reachesAnother(route, method)).map((method) => ({
    what: `method ${method}`,
    from: route.surface,
    request: { ...goodRequest(route, material), method },
  }));
}

/** `DELETE .../api_keys/register` is the key of that prefix, which there is none of: not a wrong method. */
function reachesAnother({ surface, path }: Route, method: string): boolean {
  return ROUTES.some(
    (other) =>
      other.surface === surface &&
      other.method === method &&
      other.path !== path &&
      patternOf(other).test(path),
  );
}

function wrongPaths(route: Route, material: Material): Malformed[] {
  const request = goodRequest(route, material);
  const { target } = request;
  const last = target.lastIndexOf("/");
  const targets = [
    `${target}/`,
    `${target}//`,
    `${target}/..`,
    `${target}/.`,
    `${target}/%`,
    `${target}/%zz/x/y/z`,
    `${target}/%00/x/y/z`,
    `${target}%`,
    `${target}#fragment`,
    `${target};a=b`,
    `${target}%20`,
    `${target}%0d%0aX-Injected:%20yes`,
    `/${target}`,
    `//${target}`,
    `/.${target}`,
    `/..${target}`,
    `/x/..${target}`,
    target.replace("/", "/%2e%2e/"),
    `${target.slice(0, last)}%2F${target.slice(last + 1)}`,
    `${target.slice(0, last)}//${target.slice(last + 1)}`,
    `${target.slice(0, last)}\\${target.slice(last + 1)}`,
    target.toUpperCase(),
    `${target}/${"x".repeat(30_000)}`,
    `${target}${"/x".repeat(15_000)}`,
    `/_host/nowhere.example${target}/x/y/z`,
    "*",
  ].filter((spoilt) => !meansAnother(route, spoilt));
  return [
    ...targets.map((spoilt) => ({
      what: `path ${spoilt.slice(0, 120)}`,
      from: surfaceOf(spoilt),
      request: { ...request, target: spoilt },
    })),
    {
      what: "path with bytes that are not ASCII",
      from: "transport",
      request: { ...request, target: `${target}/é` },
    },
    {
      what: "path above the limit of header bytes",
      from: "transport",
      request: { ...request, target: `${target}/${"x".repeat(100_000)}` },
    },
  ];
}

function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replace(PARAMETER, "[^/]+")}$`);
}

/** A spoilt path whose last part is just another, unknown, name is tried by {@link wrongParameters}. */
function meansAnother({ path, method }: Route, spoilt: string): boolean {
  return ROUTES.some(
    (other) =>
      (other.path !== path || other.method !== method) &&
      other.method === method &&
      patternOf(other).test(spoilt),
  );
}

const ODD_NAMES = [
  "%",
  "%zz",
  "%00",
  "%ff%fe",
  "%e2%28%a1",
  "..",
  "%2e%2e",
  "%2F",
  "-1",
  "0",
  "1e999",
  "null",
  "undefined",
  "NaN",
  "__proto__",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "toString",
  "'%20OR%201=1--",
  "%F0%9F%92%A9",
  "%0d%0aX-Injected:%20yes",
  "x".repeat(30_000),
];

function wrongParameters(route: Route, material: Material): Malformed[] {
  const names = [...route.path.matchAll(PARAMETER)].flatMap(([, name]) => (name === undefined ? [] : [name]));
  const request = goodRequest(route, material);
  return names.flatMap((spoilt) =>
    ODD_NAMES.map((odd) => ({
      what: `${spoilt} = ${odd.slice(0, 60)}`,
      from: route.surface,
      request: {
        ...request,
        target: pathOf(route, material.ids, { name: spoilt, odd }),
      },
    })),
  );
}

const ODD_HOSTS: readonly (string | null)[] = [
  "",
  " ",
  "[::1",
  "a b",
  "x:999999",
  "x:-1",
  "..",
  "é.example",
  "%00",
  "user@evil.example",
  "evil.example/../..",
  "evil.example?x=",
  "evil.example#x",
  "<script>",
  "a,b",
  "127.0.0.1:80:80",
  "x".repeat(10_000),
  null,
];

/** Only with a path that leads nowhere: an odd `Host` alone need not be an error. */
function wrongHosts(route: Route, material: Material): Malformed[] {
  const request = goodRequest(route, material);
  const target = `${request.target}/no/such/path`;
  return ODD_HOSTS.map((host) => ({
    what: `Host ${JSON.stringify(host)?.slice(0, 60)}`,
    // HTTP/1.1 asks for a Host, and Node refuses the request without one.
    from: host === null ? "transport" : surfaceOf(target),
    request: { ...request, target, host },
  }));
}

const BAD_LIMITS = [
  "0",
  "-1",
  "1001",
  "1e3",
  "1.5",
  "abc",
  "",
  "%20",
  "%zz",
  "%00",
  "99999999999",
  "0x10",
  "%D9%A1",
  "null",
];
const BAD_CURSORS = [
  "",
  "x",
  "%",
  "%zz",
  "null",
  "..",
  "a.b",
  "a.b.c",
  "%00",
  "W10.AAAAAAAAAAAAAAAA",
  "-1",
  "1e9",
  "x".repeat(20_000),
];

function wrongQueries(route: Route, material: Material): Malformed[] {
  const lists =
    /^\/v1\/(model_apis|gateway\/(endpoints|groups|groups\/:id\/api_keys))$|^\/_emulator\/requests$/;
  if (route.method !== "GET" || !lists.test(route.path)) return [];
  const queries = [
    ...BAD_LIMITS.map((limit) => `limit=${limit}`),
    ...BAD_CURSORS.map((cursor) => `cursor=${cursor}`),
    "limit=0&limit=5",
    "limit=5&cursor=__proto__",
    "limit=-9007199254740993",
    ...(route.surface === "control" ? ["status=abc", "status=99", "status=1000", "status=200.5"] : []),
  ];
  const request = goodRequest(route, material);
  return queries.map((query) => ({
    what: `query ${query.slice(0, 80)}`,
    from: route.surface,
    request: { ...request, target: `${request.target}?${query}` },
  }));
}

function wrongKeys(route: Route, material: Material): Malformed[] {
  if (route.surface === "control" || route.path === "/v1/spec") return [];
  const managing = route.surface === "management" || route.surface === "dedicated";
  const good = managing ? material.workspaceKey : FEDERATED_KEY;
  const values = [
    "Api-Key wrong",
    "Bearer wrong",
    "Api-Key __proto__",
    "Token x",
    "Basic YTpi",
    "Digest username=x",
    good,
    `Api-Key ${good}x`,
    `Api-Key ${good.slice(0, -1)}`,
    `Api-Key ${good.toUpperCase()}`,
    `Api-Key ${good} ${good}`,
    `Api-Key wrong, Api-Key ${good}`,
    `Api-Key "${good}"`,
    `Api-Key\t${good}`,
    `ApiKey ${good}`,
    `Api-Key: ${good}`,
    "Api-Key ключ",
    "Api-Key 🔑",
    "ключ 🔑",
    "\u00a0",
    `Api-Key ${"x".repeat(30_000)}`,
    `Api-Key${" ".repeat(10_000)}nope`,
    `${"Api-Key ".repeat(100)}x`,
    // An empty key on the inference host is the load balancer's 502 and no client error.
    ...(managing ? ["Api-Key", "Bearer", "Api-Key   ", `Api-Key ${FEDERATED_KEY}`] : []),
  ];
  const request = goodRequest(route, material);
  const others = (request.headers ?? []).filter(([name]) => name !== "Authorization");
  const withKeys = (
    what: string,
    keys: readonly string[],
    from: Malformed["from"] = route.surface,
  ): Malformed => ({
    what: `Authorization: ${what.slice(0, 80)}`,
    from,
    request: { ...request, headers: [...keys.map((key): Header => ["Authorization", key]), ...others] },
  });
  return [
    withKeys("(none)", []),
    withKeys("(empty)", [""]),
    ...values.map((value) => withKeys(value, [value])),
    withKeys("a wrong one, then the right one", ["Api-Key wrong", `Api-Key ${good}`]),
    withKeys("with a NUL", [`Api-Key ${good}\0`], "transport"),
    withKeys("above the limit of header bytes", [`Api-Key ${"x".repeat(100_000)}`], "transport"),
  ];
}

function wrongBodies(route: Route, material: Material): Malformed[] {
  const { method, path } = route;
  if (!["POST", "PUT", "PATCH"].includes(method) || BODILESS.test(`${method} ${path}`)) return [];
  const table = tableOf(route);
  const target = pathOf(route, material.ids);
  const key = goodKey(route, material);
  const make = (what: string, body: string | Buffer, type: Header = JSON_TYPE): Malformed => ({
    what,
    from: route.surface,
    request: { method, target, headers: [...key, type, ...signed(route, body)], body },
  });
  return [
    ...texts(table)
      .filter(([what]) => what !== EMPTY_LIST || !TAKES_LISTS.test(`${method} ${path}`))
      .filter(([, body]) => !TAKES_ANY_JSON.test(`${method} ${path}`) || !isJson(body))
      .map(([what, body]) => make(`body: ${what}`, body)),
    ...(table ? fieldCases(table).map(([what, body]) => make(what, body)) : []),
    ...(table ? contentTypes(table, make) : []),
    ...(path.endsWith("/register") && table ? wrongSignatures(table, make) : []),
    ...(path === "/v1/chat/completions" && table ? wrongWishes(table, make) : []),
  ];
}

const EMPTY_LIST = "an empty list";

/** Bodies that are wrong before any field is looked at. */
function texts(table: BodyTable | undefined): [what: string, body: string | Buffer][] {
  const valid = JSON.stringify(table?.valid ?? { a: 1 });
  const cases: [string, string | Buffer][] = [
    ["null", "null"],
    ["true", "true"],
    ["a number", "-1e400"],
    ["a text", '"x"'],
    [EMPTY_LIST, "[]"],
    ["a list around it", `[${valid}]`],
    ["truncated after one byte", valid.slice(0, 1)],
    ["truncated in the middle", valid.slice(0, valid.length >> 1)],
    ["truncated before the last byte", valid.slice(0, -1)],
    ["something behind it", `${valid}x`],
    ["twice", valid + valid],
    ["a byte order mark", `\ufeff${valid}`],
    ["UTF-16", Buffer.from(`\ufeff${valid}`, "utf16le")],
    ["bad UTF-8", Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])],
    [
      "an overlong UTF-8 form",
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
    ],
    ["gzip", gzipSync(valid)],
    ["NaN", '{"a":NaN}'],
    ["a bare word", "{a:1}"],
    ["single quotes", "{'a':'b'}"],
    ["a trailing comma", '{"a":1,}'],
    ["a comment", `${valid}// x`],
    ["a raw line feed in a text", '{"a":"\n"}'],
    ["a form", "a=1&b=2"],
    ["XML", "<?xml version='1.0'?><a/>"],
    ["a NUL byte", "\0"],
    ["a megabyte of brackets", "[".repeat(1024 * 1024)],
    ["lists nested 100,000 deep", "[".repeat(DEEP) + "]".repeat(DEEP)],
    ["objects nested 100,000 deep, unclosed", '{"a":'.repeat(DEEP)],
    ["a megabyte of spaces and no end", `{${" ".repeat(1024 * 1024)}`],
  ];
  if (table?.empty !== "body") cases.push(["nothing", ""], ["white space", " \r\n\t "]);
  if (table && table.empty === undefined) {
    cases.push(
      ["an empty object", "{}"],
      ["everything under __proto__", `{"__proto__":${valid}}`],
      ["everything under constructor.prototype", `{"constructor":{"prototype":${valid}}}`],
    );
  }
  return cases;
}

/** One field after the other, as its table says; then repeated, nested and renamed. */
function fieldCases({ valid, wrong, text }: BodyTable): [what: string, body: string][] {
  const cases: [string, string][] = [];
  for (const [path, values] of Object.entries(wrong)) {
    for (const value of values) {
      cases.push([`${path}: ${value.slice(0, 60)}`, withValue(valid, path, value)]);
    }
  }
  const name = JSON.stringify(text.split(".").at(-1));
  const lists = "[".repeat(DEEP) + "]".repeat(DEEP);
  const objects = `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`;
  return [
    ...cases,
    [`${text}: repeated, the last one wrong`, withValue(valid, text, `"acme/x",${name}:5`)],
    [`${text}: lists nested 100,000 deep`, withValue(valid, text, lists)],
    [`${text}: objects nested 100,000 deep`, withValue(valid, text, objects)],
  ];
}

function contentTypes(
  table: BodyTable,
  make: (what: string, body: string, type: Header) => Malformed,
): Malformed[] {
  const types = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "application/jsonx",
    "json",
    "*/*",
    "",
    ";",
    "application/json, text/plain",
    "приложение/json",
    `text/${"x".repeat(20_000)}`,
  ];
  return types.map((type) =>
    make(`Content-Type: ${type.slice(0, 60)}`, JSON.stringify(table.valid), ["Content-Type", type]),
  );
}

/** K-4; the body itself would be fine. */
function wrongSignatures(table: BodyTable, make: (what: string, body: string) => Malformed): Malformed[] {
  const body = JSON.stringify(table.valid);
  const good = signatureOf(body);
  const signatures = [
    "",
    "x",
    "!!!",
    "AAAA",
    Buffer.alloc(64).toString("base64"),
    signatureOf(`${body} `),
    `${good}=`,
  ];
  signatures.push(good.toLowerCase(), `${good}, ${good}`, good.slice(4), "é");
  return [...signatures, null].map((signature) => {
    const { request, ...rest } = make(`X-Baseten-Signature: ${signature}`, body);
    const headers = (request.headers ?? []).filter(([name]) => name !== "X-Baseten-Signature");
    return {
      ...rest,
      request: {
        ...request,
        headers: signature === null ? headers : [...headers, ["X-Baseten-Signature", signature] as const],
      },
    };
  });
}

/** The emulator's own request header. */
function wrongWishes(table: BodyTable, make: (what: string, body: string) => Malformed): Malformed[] {
  return ["", "1", "1/", "/1", "-1/1", "1.5/1", "1/1/1", "1e3/1", "a/b", "٣/٤", `${"9".repeat(400)}/1`].map(
    (wish) => {
      const { request, ...rest } = make(
        `x-emulator-usage: ${wish.slice(0, 40)}`,
        JSON.stringify(table.valid),
      );
      return {
        ...rest,
        request: { ...request, headers: [...(request.headers ?? []), ["x-emulator-usage", wish] as const] },
      };
    },
  );
}
