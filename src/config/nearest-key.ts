/** For the command line, which may not import `schemas/`. */
export { nearestKey } from "../schemas/nearest-key.js";
