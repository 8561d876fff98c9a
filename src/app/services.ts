/** What can be listened for, in the order in which it is told. */
export const services = ['smtp', 'submission', 'submissions', 'imap', 'imaps', 'pop3', 'pop3s'] as const;
export type Service = (typeof services)[number];
