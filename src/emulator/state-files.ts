/** Work on state files without an emulator, for the command line. */
export { checkState, type StateCheck } from "../store/check-state.js";
export { copyState } from "../store/copy-state.js";
export { importState } from "../store/import-state.js";
export { StateError } from "../store/state-file.js";
