/** Every way in which a path names a deployment; the bare one is for regional hosts (inference §5). */
export const PLACES = [
  "/production",
  "/development",
  "/environments/{env_name}",
  "/deployment/{deployment_id}",
  "",
] as const;
