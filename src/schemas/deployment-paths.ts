/** The path prefixes that select a deployment. The empty one works on regional hosts only (I-5.1a, I-5.1b). */
export const DEPLOYMENT_PATHS = [
  "/production",
  "/development",
  "/environments/{env_name}",
  "/deployment/{deployment_id}",
  "",
] as const;
