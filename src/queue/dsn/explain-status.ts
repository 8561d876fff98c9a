/** What enhanced status codes mean, in sentences that need no knowledge of mail systems. RFC 3463, RFC 7505, RFC 8689. */
const meanings: readonly (readonly [pattern: RegExp, sentence: string])[] = [
  [/^.\.1\.(?:1|6)$/, 'The address does not exist there. Please check its spelling.'],
  [/^.\.1\.2$/, 'The domain behind the @ does not exist, or takes no mail. Please check its spelling.'],
  [/^.\.1\.3$/, 'The address is not written as addresses are.'],
  [/^.\.1\.10$/, 'The domain behind the @ says that it takes no mail.'],
  [/^.\.1\.[78]$/, 'The other side does not accept the address of the sender.'],
  [/^.\.2\.1$/, 'The mailbox is there, but does not take mail.'],
  [/^.\.2\.2$/, 'The mailbox of the recipient is full.'],
  [/^.\.(?:2\.3|3\.4)$/, 'The message is larger than the other side takes.'],
  [/^.\.3\.1$/, 'The mail system of the recipient has no room.'],
  [/^.\.4\.[13]$/, 'The server of the recipient could not be reached.'],
  [/^.\.4\.2$/, 'The connection to the server of the recipient broke off.'],
  [/^.\.4\.4$/, 'No server was found that takes mail for the recipient.'],
  [/^.\.4\.6$/, 'The message went in a circle between servers.'],
  [/^.\.4\.7$/, 'The server of the recipient did not take it in time.'],
  [/^.\.6\.[367]$/, 'The other side cannot handle the characters or the form of this message.'],
  [/^.\.7\.(?:10|30)$/, 'The other side does not offer the encryption that was asked for.'],
  [/^.\.7\./, 'The other side refuses it as a matter of its rules.'],
];

/** One sentence for people; undefined where the code says nothing. */
export function explainStatus(status: string): string | undefined {
  return meanings.find(([pattern]) => pattern.test(status))?.[1];
}
