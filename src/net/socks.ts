import { isIPv4, isIPv6 } from 'node:net';
import { ConnectionFailure } from './connection-failure.ts';

/** A SOCKS5 proxy. */
export interface SocksProxy {
  readonly host: string;
  readonly port: number;
  /** For proxies that ask for one (RFC 1929): it goes in plain text, so only over networks where nobody listens in. */
  readonly login?: { readonly username: string; readonly password: string } | undefined;
}

/** What is needed of a connection to the proxy. */
interface Octets {
  read(): Promise<Uint8Array | undefined>;
  write(octets: Uint8Array): Promise<void>;
  /** Puts back what was read too much. */
  unread(octets: Buffer): void;
}

/** RFC 1928 section 6. */
const replies = [
  'succeeded',
  'general failure',
  'not allowed by its rules',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'command not supported',
  'address type not supported',
];
/** RFC 1928 section 3: the method of RFC 1929. */
const withPassword = 2;
const lengthOf: Readonly<Record<number, number | undefined>> = { 1: 4, 4: 16 };

/**
 * Asks the proxy at the other end of `connection` to connect to `host`, an IP address or a name that the proxy looks up;
 * after that the connection is one to `host`. RFC 1928, with username and password (RFC 1929) or without.
 * @throws ConnectionFailure
 */
export async function connectThrough(
  connection: Octets,
  host: string,
  port: number,
  login?: SocksProxy['login'],
): Promise<void> {
  // With a login at hand the proxy may still choose to want none.
  await connection.write(Buffer.from(login ? [5, 2, 0, withPassword] : [5, 1, 0]));
  const take = reader(connection);
  const [version, method] = await take(2);
  if (version !== 5) throw failed('it does not speak SOCKS5');
  if (method === withPassword && login) await logIn(connection, take, login);
  else if (method !== 0) throw failed(login ? 'it takes no password' : 'it wants a login');
  await connection.write(Buffer.concat([Buffer.from([5, 1, 0]), addressOf(host), portOf(port)]));
  const [, reply = 1, , type = 0] = await take(4);
  if (reply !== 0) throw failed(replies[reply] ?? `reply ${reply}`);
  const length = type === 3 ? (await take(1))[0] : lengthOf[type];
  if (length === undefined) throw failed('its reply cannot be read');
  await take(length + 2);
  // A server speaks first in SMTP: what came already is its greeting.
  connection.unread(take.rest());
}

/** RFC 1929 section 2. */
async function logIn(
  connection: Octets,
  take: Take,
  { username, password }: NonNullable<SocksProxy['login']>,
): Promise<void> {
  await connection.write(Buffer.concat([Buffer.from([1]), counted(username), counted(password)]));
  const [, status] = await take(2);
  if (status !== 0) throw failed('it does not accept the login');
}

/** 1 to 255 octets behind their number. */
function counted(text: string): Buffer {
  const octets = Buffer.from(text, 'utf8');
  if (octets.length === 0 || octets.length > 255) throw failed('its username and password have 1 to 255 octets');
  return Buffer.concat([Buffer.from([octets.length]), octets]);
}

function failed(why: string): ConnectionFailure {
  return new ConnectionFailure('connect', `the proxy did not connect: ${why}`);
}

function addressOf(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)]);
  if (isIPv6(host)) return Buffer.concat([Buffer.from([4]), ipv6Octets(host)]);
  const name = Buffer.from(host, 'latin1');
  if (name.length === 0 || name.length > 255) throw failed('the name is too long');
  return Buffer.concat([Buffer.from([3, name.length]), name]);
}

function ipv6Octets(address: string): Buffer {
  const plain = address.split('%')[0] ?? '';
  const [head = '', tail] = plain.split('::', 2);
  const first = groupsOf(head);
  const last = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0);
  const octets = Buffer.alloc(16);
  for (const [at, group] of [...first, ...zeros, ...last].entries()) octets.writeUInt16BE(group, at * 2);
  return octets;
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function portOf(port: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(port);
  return octets;
}

interface Take {
  (count: number): Promise<Buffer>;
  rest(): Buffer;
}

/** Exactly so many octets of what arrives. */
function reader(connection: Octets): Take {
  let held = Buffer.alloc(0);
  const take = async (count: number): Promise<Buffer> => {
    while (held.length < count) {
      const chunk = await connection.read();
      if (!chunk) throw failed('it closed the connection');
      held = Buffer.concat([held, chunk]);
    }
    const octets = held.subarray(0, count);
    held = held.subarray(count);
    return octets;
  };
  return Object.assign(take, { rest: (): Buffer => held });
}
