import { FEDERATED_PREFIX_LENGTH, federatedPrefix, workspacePrefix } from "./keys.js";

/** Whether a text is a key that exists. */
export type IsKey = (text: string) => boolean;

/** What may be a key: without spaces, quotes and what separates the parts of a path, a query or a list. */
const WORD = /[^\s"'`,;/?&=<>()[\]{}]{8,}/g;

/**
 * A text with every key cut to its prefix: keys that begin as federated ones do, whether they exist or not, and words
 * with a dot that are keys. For texts that are shown or stored and may repeat what a caller sent.
 */
export function withoutKeys(text: string, isKey: IsKey): string {
  if (!mayHoldKey(text)) return text;
  return text.replace(WORD, (word) => {
    const decoded = decode(word).replace(/[.:!]+$/, "");
    const federated = decoded.indexOf("sky_");
    if (federated >= 0 && decoded.length > federated + FEDERATED_PREFIX_LENGTH) {
      return decoded.slice(0, federated) + federatedPrefix(decoded.slice(federated));
    }
    return decoded.includes(".") && isKey(decoded) ? workspacePrefix(decoded) : word;
  });
}

/** A path where a key belongs. Keys may contain slashes, so the rest of the path belongs to the key. */
const KEY_IN_PATH = /(\/groups\/[^/]+)?\/api_keys\/(.+)/;
/** A federated key in any place of a path, and the rest of the path, for the same reason. */
const FEDERATED_IN_PATH = /(\/sky(?:_|%5f)[^/]*)\/.*/i;

/** The path for the journal: a caller may have put a whole key in the place of a prefix, an id or a name. */
export function pathWithoutKey(path: string, isKey: IsKey): string {
  const cut = path.includes("/api_keys/") ? path.replace(KEY_IN_PATH, cutKey) : path;
  return mayHoldKey(cut) ? withoutKeys(cut.replace(FEDERATED_IN_PATH, "$1"), isKey) : cut;
}

function cutKey(_: string, group: string | undefined, key: string): string {
  const prefix = group ? federatedPrefix(key) : workspacePrefix(key.replace(/%2e/gi, "."));
  return `${group ?? ""}/api_keys/${prefix}`;
}

/** Cheap, because it looks at every request. */
function mayHoldKey(text: string): boolean {
  return text.includes(".") || text.includes("sky_") || text.includes("%");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
