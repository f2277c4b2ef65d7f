/** Nouns whose records can be written down as a file. */
export const RECORD_NOUNS = ['distro', 'profile', 'subnet', 'system'] as const;
export type RecordNoun = (typeof RECORD_NOUNS)[number];
