/** Where those find it that may not import the schemas. */
export { nearestKey } from "../schemas/problems.js";
