/** What keeps a database safe: copies of it, and looks at it. Both are done beside the thread that answers machines. */
export interface UpkeepStore {
  /**
   * Writes a copy of what is committed now to a path where no file is, mode 0600, while others go on writing. It is
   * checked and on the disk. Returns the schema that it has: the newest migration. Throws DomainError 'storage'.
   */
  snapshot(path: string): Promise<string>;
  /** What is wrong with the file of the database, a sentence each; empty where it is sound. */
  check(): Promise<readonly string[]>;
}
