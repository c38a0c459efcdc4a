import type { MatchSubject } from "../../domain/completion/subject.js";
import type { LedgerEntry } from "../../domain/journal.js";

/** What a fault can match in a billing event: model, group, key and metadata. */
export function eventSubject(entry: Omit<LedgerEntry, "countedGroupIds">): MatchSubject {
  return {
    model: entry.slug,
    group: [entry.externalEntityId, entry.groupId],
    key: [entry.keyPrefix],
    lastMessage: "",
    system: "",
    turn: 0,
    hasToolResult: false,
    toolsCalled: [],
    responseFormat: "",
    stream: false,
    metadata: entry.metadata ?? {},
    header: () => undefined,
  };
}
