import { GATEWAY_SCHEMA } from "./schema/gateway.js";
import { MODEL_HOSTS_SCHEMA } from "./schema/model-hosts.js";

/**
 * The schema, as numbered steps. `user_version` of a state file is the number of its steps. Never change a released step;
 * add a new one.
 */
export const MIGRATIONS: readonly string[] = [GATEWAY_SCHEMA, MODEL_HOSTS_SCHEMA];
