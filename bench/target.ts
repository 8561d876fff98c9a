/** What is measured: a server of ours that this process started, or any other that it only talks to. */
import type { ImapAddress } from './clients/imap-client.ts';
import type { SmtpAddress } from './clients/smtp-client.ts';

export interface Target {
  /** For the report: a revision, or the address of a foreign server. */
  readonly name: string;
  /** Undefined where only reading is measured. */
  readonly smtp: SmtpAddress | undefined;
  readonly imap: ImapAddress;
  readonly imaps: ImapAddress | undefined;
  readonly user: string;
  readonly password: string;
  /** PEM of a key that logs in as `user`, with its certificate. */
  readonly clientCertificate: { readonly certPem: string; readonly keyPem: string } | undefined;
  /** Fifty addresses of fifty accounts, if there are. */
  readonly recipients: readonly string[];
  /** Root processes of the server; empty when unknown, then CPU and memory are left out. */
  readonly pids: () => readonly number[];
  /** Only of servers that we started. */
  readonly control: Control | undefined;
}

export interface Control {
  readonly dataDir: string;
  /** Stops the server cleanly and starts it again on the same data; resolves with the milliseconds from start to greeting. */
  restart(): Promise<number>;
  stop(): Promise<void>;
}

/** Reads `HOST:SMTP,HOST:IMAP,USER,PASSWORD[,PID…]`. */
export function parseTarget(text: string): Target {
  const [smtp = '', imap = '', user = '', password = '', ...pids] = text.split(',');
  const roots = pids.map(Number).filter((pid) => pid > 0);
  return {
    name: smtp,
    smtp: parseAddress(smtp),
    imap: parseAddress(imap),
    imaps: undefined,
    clientCertificate: undefined,
    user,
    password,
    recipients: [],
    pids: () => roots,
    control: undefined,
  };
}

function parseAddress(text: string): { host: string; port: number } {
  const match = /^(.+):(\d+)$/.exec(text);
  if (!match?.[1]) throw new Error(`'${text}' is not HOST:PORT`);
  return { host: match[1], port: Number(match[2]) };
}
