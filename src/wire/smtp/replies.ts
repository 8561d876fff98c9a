import { reply } from './reply.ts';
import type { Reply } from './reply.ts';

/**
 * Every reply that does not carry facts of the moment, in one place. Codes: RFC 5321 section 4.2.3; enhanced codes:
 * RFC 3463 and the registry of RFC 5248. Texts are generic on purpose: what happened exactly is in the log.
 */
export const replies = {
  // ── done ──
  ok: reply(250, '2.0.0', 'OK'),
  reset: reply(250, '2.0.0', 'OK, nothing pending'),
  senderOk: reply(250, '2.1.0', 'sender OK'),
  recipientOk: reply(250, '2.1.5', 'recipient OK'),
  sendData: reply(354, undefined, 'go ahead, end with a line that has only a dot'),
  goodbye: reply(221, '2.0.0', 'goodbye'),
  startTls: reply(220, '2.0.0', 'start TLS now'),
  authenticated: reply(235, '2.7.0', 'authenticated'),
  cannotVerify: reply(252, '2.1.5', 'not told; send a message and see'),

  // ── closing ──
  shuttingDown: reply(421, '4.3.2', 'the service is shutting down, try again soon'),
  idleTooLong: reply(421, '4.4.2', 'waited too long for a command'),
  tooSlow: reply(421, '4.4.2', 'data comes too slowly'),
  dataTooLong: reply(421, '4.4.2', 'data took too long'),
  tooManyErrors: reply(421, '4.7.0', 'too many errors'),
  tooManyCommands: reply(421, '4.7.0', 'too many commands without a message'),
  tooManyConnections: reply(421, '4.7.0', 'too many connections from your network, try again later'),
  tooManyFailures: reply(421, '4.7.0', 'too many failed logins from your network, try again later'),
  accountGone: reply(421, '4.7.0', 'the account was changed, log in again'),
  badTransactions: reply(550, '5.1.0', 'too many refused messages'),
  notSmtp: reply(500, '5.5.2', 'this is an SMTP server'),
  endlessData: reply(552, '5.3.4', 'the message is far larger than this server takes'),

  // ── syntax and order ──
  lineTooLong: reply(500, '5.5.2', 'the line is too long'),
  badCharacters: reply(500, '5.5.2', 'the command has characters that are not allowed'),
  unknownCommand: reply(500, '5.5.1', 'unknown command'),
  badArguments: reply(501, '5.5.4', 'the arguments of the command are wrong'),
  noArguments: reply(501, '5.5.4', 'the command takes no arguments'),
  badSenderAddress: reply(501, '5.1.7', 'the sender address is not well-formed'),
  badRecipientAddress: reply(501, '5.1.3', 'the recipient address is not well-formed'),
  badParameters: reply(501, '5.5.4', 'the parameters are not well-formed'),
  helloFirst: reply(503, '5.5.1', 'say EHLO first'),
  mailFirst: reply(503, '5.5.1', 'send MAIL FROM first'),
  recipientFirst: reply(503, '5.5.1', 'send RCPT TO first'),
  mailPending: reply(503, '5.5.1', 'a message is already begun, send RSET to give it up'),
  tlsActive: reply(503, '5.5.1', 'TLS is already on'),
  tlsUnavailable: reply(502, '5.5.1', 'TLS is not offered here'),
  tlsAfterAuth: reply(503, '5.5.1', 'too late for TLS'),
  authUnavailable: reply(503, '5.5.1', 'authentication is not offered here'),
  authDone: reply(503, '5.5.1', 'already authenticated'),
  noValidRecipients: reply(554, '5.5.1', 'no valid recipients'),
  bdatPending: reply(503, '5.5.1', 'the message was begun with BDAT, end it with BDAT or RSET'),
  binaryNeedsBdat: reply(503, '5.5.1', 'BODY=BINARYMIME can only be sent with BDAT'),
  tooManyRecipients: reply(452, '4.5.3', 'too many recipients'),
  oneBounceRecipient: reply(452, '4.5.3', 'a message without sender can have only one recipient'),

  // ── login ──
  authRequired: reply(530, '5.7.0', 'authenticate first'),
  tlsRequired: reply(530, '5.7.0', 'send STARTTLS first'),
  tlsRequiredForAuth: reply(538, '5.7.11', 'TLS is needed for this mechanism'),
  badCredentials: reply(535, '5.7.8', 'bad credentials'),
  unknownCertificate: reply(554, '5.7.8', 'nobody logs in with the key of this certificate'),
  issuerUnavailable: reply(454, '4.7.0', 'the issuer of tokens cannot be asked now, try again later'),
  badBinding: reply(535, '5.7.7', 'the channel binding does not fit this connection'),
  unknownMechanism: reply(504, '5.5.4', 'unknown mechanism'),
  badBase64: reply(501, '5.5.2', 'not base64'),
  badResponse: reply(501, '5.5.2', 'the response does not follow the mechanism'),
  authCancelled: reply(501, '5.7.0', 'authentication given up'),
  responseTooLong: reply(500, '5.5.6', 'the response is too long'),

  // ── envelope ──
  utf8Needed: reply(553, '5.6.7', 'this address needs SMTPUTF8'),
  requireTlsNeedsTls: reply(523, '5.7.10', 'REQUIRETLS needs TLS on this connection'),
  senderLiteral: reply(550, '5.7.0', 'an address literal cannot be the sender'),
  senderDomainMissing: reply(550, '5.7.27', 'the domain of the sender does not exist, or has no mail and no address'),
  senderNullMx: reply(550, '5.7.27', 'the domain of the sender takes no mail (null MX)'),
  senderNotYours: reply(550, '5.7.1', 'this account may not send with this sender address'),
  fromNotYours: reply(550, '5.7.1', 'this account may not send with the address in From'),
  senderFieldNotYours: reply(550, '5.7.1', 'this account may not send with the address in Sender'),
  senderDomainDisabled: reply(451, '4.3.0', 'the domain of the sender is disabled'),
  unknownRecipient: reply(550, '5.1.1', 'no such recipient here'),
  domainDisabled: reply(450, '4.2.1', 'the domain of the recipient is disabled for now'),
  notRelayed: reply(550, '5.7.1', 'this server does not take mail for that domain'),
  notSentOut: reply(550, '5.7.1', 'sending to other hosts is not possible here'),
  holdNotHere: reply(555, '5.3.3', 'later release is not possible here'),
  holdOnce: reply(501, '5.5.4', 'either HOLDFOR or HOLDUNTIL'),
  holdOutOfRange: reply(501, '5.5.4', 'later release must be in the future and within the time that EHLO tells'),

  // ── message ──
  tooLarge: reply(552, '5.3.4', 'the message is larger than this server takes'),
  bareCr: reply(500, '5.5.2', 'the message has a carriage return without line feed'),
  fakeEnd: reply(500, '5.5.2', 'the message has a wrong line end around a lone dot'),
  loop: reply(550, '5.4.6', 'the message goes round in circles: too many Received fields'),
  badHeader: reply(554, '5.6.0', 'the header of the message is not well-formed'),
  headerTooLong: reply(554, '5.6.0', 'the header of the message is too long'),
  oneFrom: reply(550, '5.6.0', 'the message needs one From field with one address'),
  overQuota: reply(452, '4.2.2', 'the mailbox of the recipient is full'),
  postNotAllowed: reply(550, '5.7.2', 'only members may write to this address'),

  // ── BURL, RFC 4468 section 6 ──
  urlNotYours: reply(554, '5.7.0', 'the URL is not valid, or not for this account'),
  urlElsewhere: reply(554, '5.7.8', 'messages of other servers are not fetched'),
  urlUnreadable: reply(451, '4.6.6', 'the message behind the URL cannot be read now'),

  // ── sending ──
  sentTooMuch: reply(451, '4.7.1', 'this account has sent to as many recipients as it may in a day, try again later'),
  sentToTooManyNew: reply(
    451,
    '4.7.1',
    'this account has sent to as many new recipients as it may in a day, try later',
  ),
  notSigned: reply(451, '4.7.5', 'the message cannot be signed for now, try again later'),

  // ── our fault ──
  storageFull: reply(452, '4.3.1', 'no room to store the message, try again later'),
  localError: reply(451, '4.3.0', 'local error, try again later'),
} as const satisfies Record<string, Reply>;

/** 555 for parameters that we do not know (RFC 5321 section 4.1.1.11). */
export function unknownParameter(keyword: string): Reply {
  return reply(555, '5.3.3', `parameter ${keyword} is not supported here`);
}

/** A parameter is known but its value is not in its grammar. */
export function badParameterValue(keyword: string): Reply {
  const code = keyword === 'BODY' ? 555 : 501;
  return reply(code, '5.5.4', `the value of ${keyword} is wrong`);
}
