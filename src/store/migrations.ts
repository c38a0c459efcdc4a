import { GATEWAY_SCHEMA } from "./schema/gateway.js";
import { MODEL_HOSTS_SCHEMA } from "./schema/model-hosts.js";

/**
 * The schema, as numbered steps; a state file's `user_version` says how many it has had. Once released, steps are
 * only ever added.
 */
export const MIGRATIONS: readonly string[] = [GATEWAY_SCHEMA, MODEL_HOSTS_SCHEMA];
