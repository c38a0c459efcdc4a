export const ENV_FORMATS = ["shell", "dotenv", "json"] as const;
export type EnvFormat = (typeof ENV_FORMATS)[number];

/** Formats environment variables, one a line, with a final newline. */
export function envText(env: Readonly<Record<string, string>>, format: EnvFormat): string {
  switch (format) {
    case "shell":
      return lines(env, (name, value) => `export ${name}=${shellQuoted(value)}`);
    case "dotenv":
      return lines(env, (name, value) => `${name}=${dotenvQuoted(value)}`);
    case "json":
      return `${JSON.stringify(env, null, 2)}\n`;
  }
}

function lines(env: Readonly<Record<string, string>>, line: (name: string, value: string) => string): string {
  return Object.entries(env)
    .map(([name, value]) => `${line(name, value)}\n`)
    .join("");
}

/** Quotes any text as one word of a POSIX shell. */
export function shellQuoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Without quotes where possible: `docker --env-file` reads quotes as part of the value. */
function dotenvQuoted(value: string): string {
  if (/^[\w.:/@%+=,-]*$/.test(value)) return value;
  return value.includes("'") ? JSON.stringify(value) : `'${value}'`;
}
