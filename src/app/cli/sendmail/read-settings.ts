import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ClientKey } from '../../../clients/smtp/smtp-client.ts';
import { exitStatus, SendmailFailure } from './exit-status.ts';

export const defaultSettingsFile = '/etc/posthorn-sendmail.yaml';

/** Where mail is handed in, and as whom. */
export interface SendmailSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls' | 'none';
  /** PEM */
  readonly ca: string | undefined;
  readonly from: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly clientKey: ClientKey | undefined;
}

const usualPorts = { implicit: 465, starttls: 587, none: 25 } as const;
const known = new Set('host port tls ca from username password clientCert clientKeyEd25519'.split(' '));

/** Checked by hand: a schema library takes longer to load than everything else here. @throws SendmailFailure */
export function readSettings(file: string): SendmailSettings {
  const fault = (what: string): SendmailFailure => new SendmailFailure(exitStatus.config, `${file}: ${what}`);
  const given = readMapping(file, fault);
  const text = (name: string): string | undefined => {
    const value = given.get(name);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw fault(`${name}: expected a text`);
  };
  const unknown = [...given.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) throw fault(`there is no setting "${unknown}"; there are ${[...known].join(', ')}`);
  const host = text('host');
  if (host === undefined) throw fault('host is missing');
  const tls = text('tls') ?? 'implicit';
  if (tls !== 'implicit' && tls !== 'starttls' && tls !== 'none')
    throw fault('tls: expected implicit, starttls or none');
  const port = given.get('port') ?? usualPorts[tls];
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw fault('port: expected a number from 1 to 65535');
  const [ca, from, username, password] = [text('ca'), text('from'), text('username'), text('password')];
  const secrets = [password, text('clientCert'), text('clientKeyEd25519')].filter((secret) => secret !== undefined);
  if (secrets.length > 1) throw fault('only one of password, clientCert and clientKeyEd25519');
  if (password !== undefined && username === undefined) throw fault('password needs username');
  const clientKey = readClientKey(text('clientCert'), text('clientKeyEd25519'), fault);
  if (clientKey && tls === 'none') throw fault('a client key needs TLS');
  return { host, port, tls, ca: ca === undefined ? ca : readPem(ca, fault), from, username, password, clientKey };
}

type Fault = (what: string) => SendmailFailure;

function readMapping(file: string, fault: Fault): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw fault(messageOf(error));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault('expected settings, one a line');
  return new Map<string, unknown>(Object.entries(value));
}

function readClientKey(certFile: string | undefined, seed: string | undefined, fault: Fault): ClientKey | undefined {
  if (certFile !== undefined) {
    const pem = readPem(certFile, fault);
    if (!pem.includes('PRIVATE KEY')) throw fault(`clientCert: ${certFile} has no private key`);
    return { certPem: pem, keyPem: pem };
  }
  if (seed === undefined) return undefined;
  const octets = Buffer.from(seed, 'base64');
  if (octets.length !== 32) throw fault('clientKeyEd25519: expected 32 octets in base64');
  return { ed25519Seed: octets };
}

function readPem(file: string, fault: Fault): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fault(messageOf(error));
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw fault(`${file} has no certificate in PEM`);
  return text;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
