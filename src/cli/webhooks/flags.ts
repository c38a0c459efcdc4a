export interface ListenFlags {
  readonly port: string;
  readonly host: string;
  readonly secret?: readonly string[];
  readonly respond?: string;
  readonly delay?: string;
}

export interface CertifyFlags {
  readonly secret: string;
  readonly junit?: string;
}
