import packageJson from "../package.json" with { type: "json" };

/** The version of this package; the build puts the text in place of the file. */
export const VERSION: string = packageJson.version;
