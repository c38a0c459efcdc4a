import { isoTime } from "../domain/iso-time.js";
import type { JournalEntry } from "../domain/journal.js";
import type { Admission, LimitPlan } from "../domain/limits/admission.js";
import type { Group } from "../domain/model.js";
import type { Settings } from "../domain/settings.js";

/** A decision in the journal: short, because every request has one and few are read. */
export interface DecisionRecord {
  readonly mode: string;
  readonly tokens: Settings["tokenAdmission"];
  readonly chain: readonly (readonly [id: string, externalEntityId: string])[];
  readonly limits: readonly (readonly [
    type: string,
    unit: string,
    threshold: number,
    sourceGroup: string,
    used: number,
    demand: number,
  ])[];
  /** Index of the limit that refused; -1: none. */
  readonly bound: number;
}

/**
 * The decision as JSON text for the journal, see {@link readDecision}. It joins the prepared parts of the grant with the
 * used amounts, which is faster than JSON.stringify.
 */
export function decisionRecord(
  { head, limits }: DecisionParts,
  admission: Admission,
  tokenAdmission: Settings["tokenAdmission"],
): string {
  const bound = admission.admitted ? -1 : admission.checks.indexOf(admission.limitingCheck);
  const used = admission.checks.map(({ used, demand }, index) => `${limits[index]}${used},${demand}]`);
  return [head, used.join(","), `],"tokens":"`, tokenAdmission, `","bound":`, bound, "}"].join("");
}

/** Prepares the constant texts of a grant's decisions. */
export function decisionParts(chain: readonly Group[], plan: LimitPlan): DecisionParts {
  const mode = JSON.stringify(chain[0]?.enforcement);
  const groups = JSON.stringify(chain.map((group) => [group.id, group.externalEntityId]));
  return {
    head: `{"mode":${mode},"chain":${groups},"limits":[`,
    limits: plan.checks.map(({ limit }) => {
      const { type, unit, threshold, sourceGroup } = limit;
      return `${JSON.stringify([type, unit, threshold, sourceGroup]).slice(0, -1)},`;
    }),
  };
}

/** The constant texts of a grant's decisions, see {@link decisionParts}. */
export interface DecisionParts {
  readonly head: string;
  readonly limits: readonly string[];
}

/**
 * Why a request was admitted or refused, for `GET /_emulator/decisions/{id}`; null when no limits were checked. `chain` is
 * the group, then its ancestors. `limits` are in effective order (L-12): `used` was used before this request, `demand` had
 * to fit.
 */
export function readDecision(entry: JournalEntry) {
  if (entry.decision === null) return null;
  const record: DecisionRecord = JSON.parse(entry.decision);
  const limits = record.limits.map(([type, unit, threshold, source_group, used, demand], index) => ({
    type,
    unit,
    threshold,
    source_group,
    used,
    demand,
    bound: index === record.bound,
  }));
  const bound = record.limits[record.bound];
  const slug = entry.slug ?? "";
  const names = new Map(record.chain);
  return {
    id: String(entry.seq),
    at: isoTime(entry.at),
    admitted: record.bound < 0,
    slug,
    key: entry.keyPrefix,
    enforcement: record.mode,
    token_admission: record.tokens,
    chain: record.chain.map(([id, external_entity_id]) => ({ id, external_entity_id })),
    limits,
    reason: bound
      ? reasonOf(names, slug, bound)
      : limits.length === 0
        ? "no limit applies"
        : "all limits have room",
  };
}

/** The hint of a refusal: the limit, its group, the used amount, and when there is room again. */
export function refusalHint(
  grant: { readonly chain: readonly Group[]; readonly slug: string },
  admission: Extract<Admission, { admitted: false }>,
  now: number,
): string {
  const { roomAt } = admission;
  const when =
    roomAt === null
      ? "this request is larger than the limit and never fits"
      : `room returns at ${isoTime(roomAt)} (in ${(roomAt - now) / 1000} s)`;
  const { limit, used, demand } = admission.limitingCheck;
  const names = new Map(grant.chain.map((group) => [group.id, group.externalEntityId]));
  const { type, unit, threshold, sourceGroup } = limit;
  return `${reasonOf(names, grant.slug, [type, unit, threshold, sourceGroup, used, demand])}; ${when}`;
}

function reasonOf(
  names: ReadonlyMap<string, string>,
  slug: string,
  [type, unit, threshold, sourceGroup, used, demand]: DecisionRecord["limits"][number],
): string {
  const name = names.get(sourceGroup);
  const group = name === undefined ? sourceGroup : `${name} (${sourceGroup})`;
  const needs = demand > 1 ? `, ${demand} more asked for` : "";
  return `${type}/${unit} of group ${group} for ${slug}: ${used} of ${threshold} used${needs}`;
}
