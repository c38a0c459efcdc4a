import { describing } from "../description/describe.js";

/** Describes routes of the management API's part with this tag. */
export function describingManagement<Answers extends object>(
  tag: "endpoints" | "groups" | "keys" | "workspace",
  answers: () => Promise<Answers>,
) {
  return describing({
    tag,
    answers,
    /** `authorize` refuses with 401, 403 and 429; a body or a page can be invalid, an id unknown. */
    errorsOf(path, { body, query }) {
      const isChecked = body !== undefined || query?.includes("limit");
      return [...(isChecked ? [400] : []), 401, 403, ...(path.includes("{") ? [404] : []), 429];
    },
  });
}
