/** RFC 5321 section 6.3. */
export const maxReceived = 100;

/** What stands in front of a message of the queue in one of our mailboxes; one character an octet. RFC 5321 section 4.4 */
export function traceOf(returnPath: string, prefix: string): string {
  // UTF-8 as one character an octet (RFC 6532 headers).
  return `Return-Path: <${Buffer.from(returnPath, 'utf8').toString('latin1')}>\r\n${prefix}`;
}
