/** Nobody listens in on loopback, so passwords need no TLS there unless the configuration says so. */
export function allowsPlaintextLogin(listener: {
  readonly ip: string;
  readonly plaintextLogin?: boolean | undefined;
}): boolean {
  return listener.plaintextLogin ?? isLoopback(listener.ip);
}

export function isLoopback(ip: string): boolean {
  return ip === '::1' || ip.startsWith('127.');
}
