/** Groups and their federated keys: clauses G and K. */

import { chapter, testsIn } from "./chapter.js";
import { SOURCE } from "./sources.js";

const GROUPS = testsIn("http/management/groups.test.ts");
const CHANGES = testsIn("http/management/group-changes.test.ts");
const HIERARCHY = testsIn("http/management/hierarchy.test.ts");
const KEYS = testsIn("http/management/keys.test.ts");
const REGISTRATION = testsIn("http/management/registration.test.ts");

export const GROUP_CHAPTER = chapter("Management API: groups and federated keys", [
  {
    clause: "G-1",
    what: "POST creates a group from metadata, models and hierarchy, and returns it with 200",
    source: SOURCE.groups,
    test: GROUPS("G-1, G-10: POST answers 200 with the group, byte for byte"),
  },
  {
    clause: "G-2",
    what: "external_entity_id is required and unique in the workspace; a name is optional",
    source: SOURCE.groups,
    test: GROUPS("G-2: external_entity_id is required and has 1 to 255 characters, name at most 255"),
  },
  {
    clause: "G-3",
    what: "Each model of a group has a slug, rate limits by second or minute, and usage limits by day",
    source: SOURCE.groups,
    note: "Ours: a repeated slug is 400, a slug without an endpoint is accepted",
    test: GROUPS("G-3: rate limits are TOKEN or REQUEST per SECOND or MINUTE, at most one per type"),
  },
  {
    clause: "G-4",
    what: "hierarchy sets the parent and one of two modes",
    source: `${SOURCE.groups}, ${SOURCE.managementSpec}`,
    test: HIERARCHY("G-4: an omitted mode is the parent's, for a root INDEPENDENT"),
  },
  {
    clause: "G-5",
    what: "An unknown parent is 404; another mode than the parent's and a sixth level are 400",
    source: SOURCE.groups,
    test: HIERARCHY("G-5: five levels at most, the root being the first"),
  },
  {
    clause: "G-6",
    what: "Under CASCADING no threshold may exceed an ancestor's",
    source: SOURCE.groups,
    test: HIERARCHY("G-6: a child above an ancestor's threshold is 400 with the documented message"),
  },
  {
    clause: "G-7",
    what: "Groups can be listed, filtered by external_entity_id, and read individually",
    source: SOURCE.groups,
    test: CHANGES("G-7: external_entity_id filters exactly, no match is an empty page"),
  },
  {
    clause: "G-8",
    what: "PATCH changes name and models, and takes effect on descendants and keys at once",
    source: SOURCE.groups,
    note: "Ours: hierarchy or external_entity_id in a PATCH is 400",
    test: CHANGES("G-8: PATCH takes name and models, each without the other"),
  },
  {
    clause: "G-9",
    what: "DELETE removes the whole subtree with its keys, and frees its external_entity_ids",
    source: SOURCE.groups,
    test: CHANGES("G-9: the whole subtree goes: groups, keys and external_entity_ids; siblings stay"),
  },
  {
    clause: "G-10",
    what: "effective_models shows the limits that apply and the group each comes from",
    source: SOURCE.groups,
    test: HIERARCHY("G-10, L-5, L-7: the worked example of free-tier, john and sally"),
  },
  {
    clause: "K-1",
    what: "Minting returns the whole key once: sky_, twelve characters, a dot and a secret",
    source: SOURCE.groupKeys,
    note: "Ours: the body may be absent",
    test: KEYS("K-1: POST answers the whole key, its prefix and its name, byte for byte"),
  },
  {
    clause: "K-2",
    what: "Keys are listed and read by prefix; revoking one is immediate and final",
    source: SOURCE.groupKeys,
    test: KEYS("K-2, X-16: revocation is immediate and final; other keys of the group go on"),
  },
  {
    clause: "K-3",
    what: "A caller's own key is registered with an Ed25519 signature over the raw body",
    source: SOURCE.groupKeys,
    test: REGISTRATION("K-3: a signed registration answers ok, byte for byte"),
  },
  {
    clause: "K-4",
    what: "Without a registered public key, or with a wrong signature, registration is 400",
    source: SOURCE.groupKeys,
    note: "Ours: that this precedes the body check, and the envelope around the documented messages",
    test: REGISTRATION("K-4: a missing, non-base64 or wrong signature is 400 with the documented message"),
  },
  {
    clause: "K-5",
    what: "A registered key needs 32 to 128 characters, enough entropy and a new prefix",
    source: SOURCE.groupKeys,
    note: "Ours: a revoked key's prefix stays taken (Y-7)",
    test: REGISTRATION("K-5: at least 3.0 bits of Shannon entropy per character"),
  },
  {
    clause: "K-6",
    what: "Keys have neither limits nor models of their own",
    source: SOURCE.gatewayKeys,
    test: KEYS("K-1, K-6: a minted key works at once and spends its group's limits"),
  },
]);
