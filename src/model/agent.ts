/** What the agent (`vonggac ship`) and the server say to each other. docs/agent.md tells the protocol. */

/**
 * The head of one section of a batch: lines of one file that follow on each other. It stands as one line of JSON before
 * exactly `bytes` bytes and a line end.
 */
export interface AgentSection {
  /** Path of the file as the agent sees it; `journald` for the journal. */
  readonly file: string;
  /** The machine's own name, for lines that name none. */
  readonly host: string;
  /** Source it is to be stored as; '' for the one of the token. */
  readonly source: string;
  /** Parser id of docs/formats.md; '' as the source has it. */
  readonly parser: string;
  /** The header in force where the section begins (`#Fields:`, Zeek's, the first line of a CSV); '' for none. */
  readonly header: string;
  /** Lines of which only the head is sent: number from 1, and the bytes they had. */
  readonly tooLong: readonly (readonly [line: number, bytes: number])[];
  readonly bytes: number;
}

/** Type of the body: sections one after the other. */
export const agentBatchType = 'application/vnd.vonggac.batch';

export interface AgentLimitsOfBody {
  /** Heads of sections; a longer one is refused. */
  readonly headBytesMax: number;
  readonly sectionsMax: number;
}

export const agentBodyLimits: AgentLimitsOfBody = { headBytesMax: 65_536, sectionsMax: 10_000 };

/** One kind of thing the agent reads. */
export interface AgentInput {
  /** Paths with `*`, `?`, `[…]` and `**`; `journald` for the journal. */
  readonly paths: readonly string[];
  /** Paths not to be read, in the same form. */
  readonly exclude: readonly string[];
  readonly source: string;
  readonly parser: string;
  /** Where a file that was there before the agent's first start is read from. */
  readonly begin: 'start' | 'end';
}

/** How an agent works, as its own file or the server says. */
export interface AgentConfig {
  readonly inputs: readonly AgentInput[];
  readonly spoolBytesMax: number;
  /** When the spool is full: files wait; the journal and standard input wait, too, or lose their oldest lines. */
  readonly whenFull: 'block' | 'drop-oldest';
}

/** What is signed. */
export interface AgentBundle {
  readonly version: number;
  /** SHA-256 of the agent's token, so that a bundle is of no use to another agent. */
  readonly audience: string;
  readonly issuedMs: number;
  readonly config: AgentConfig;
}

/** A bundle on the wire: the exact bytes that were signed, base64. */
export interface SignedBundle {
  readonly bundle: string;
  readonly signature: string;
  /** Ed25519 public key, raw, base64; good only when its fingerprint is the pinned one. */
  readonly key: string;
}

/** What the server answers to a report. */
export interface AgentAnswer {
  /** By which parser the lines of each source are read that the agent may write as; '' is the token's own, and all others. */
  readonly parsers: Readonly<Record<string, string>>;
}

/** How an input is read now. */
export interface AgentInputReport {
  readonly paths: readonly string[];
  /** As it is asked for; '' for the token's own. */
  readonly source: string;
  /** Files that are followed, and the first of their names. */
  readonly files: number;
  readonly names: readonly string[];
  /** The parser that says where records begin and end; '' when each line is one. */
  readonly parser: string;
  /** Whose word that is: the agent's own configuration, or the pin of the source as the server told it; '' nobody's. */
  readonly parserFrom: 'agent' | 'source' | '';
}

/** What an agent says of itself once a minute. */
export interface AgentReport {
  readonly version: string;
  readonly host: string;
  readonly startedMs: number;
  readonly configVersion: number;
  readonly files: number;
  /** Bytes of files that are not in the spool yet. */
  readonly lagBytes: number;
  readonly spoolBytes: number;
  readonly spoolBatches: number;
  readonly sentBatches: number;
  readonly sentRawBytes: number;
  readonly sentWireBytes: number;
  readonly rejectedLines: number;
  readonly droppedLines: number;
  readonly bytesPerSecond: number;
  readonly inputs: readonly AgentInputReport[];
  /** What is wrong now, newest last. */
  readonly problems: readonly string[];
}
