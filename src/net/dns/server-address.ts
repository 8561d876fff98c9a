import { isIP } from 'node:net';

/** Where a resolver listens. */
export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

const BRACKETED = /^\[([^\]]+)\](?::(\d{1,5}))?$/;
const WITH_PORT = /^([0-9.]+):(\d{1,5})$/;

/** `192.0.2.1`, `192.0.2.1:5300`, `2001:db8::1` or `[2001:db8::1]:5300`; undefined for anything else. */
export function parseDnsServer(text: string): DnsServer | undefined {
  const match = BRACKETED.exec(text) ?? WITH_PORT.exec(text);
  const address = match?.[1] ?? text;
  const port = Number(match?.[2] ?? 53);
  return isIP(address) === 0 || port < 1 || port > 65_535 ? undefined : { address, port };
}

/** Nobody is between us and such a server. */
export function isLoopbackServer({ address }: DnsServer): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}
