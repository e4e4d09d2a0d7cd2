import { readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import { SERVER_LOG } from "./environment";

interface Mail {
  to: string;
  subject: string;
  link: string;
}

function mailsTo(address: string): Mail[] {
  return readFileSync(SERVER_LOG, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{") && line.includes('"link":') && line.includes(address))
    .map((line) => JSON.parse(line) as Mail)
    .filter(({ to }) => to === address);
}

/** The mails to an address, one after another, from the log of a demo server. */
export class Mailbox {
  private read: number;

  constructor(private readonly address: string) {
    this.read = mailsTo(address).length;
  }

  /** The path of the next mail's link, which leads to the page that is expected, with its secret. */
  async link(page: string): Promise<string> {
    const number = this.read;
    await expect
      .poll(() => mailsTo(this.address).length, { message: `a mail for ${page}` })
      .toBeGreaterThan(number);
    this.read += 1;
    const { pathname, search, hash } = new URL(mailsTo(this.address)[number]?.link ?? "");
    expect(pathname).toBe(page);
    return pathname + search + hash;
  }

  /** Whether there is a mail that was not read. */
  get isEmpty(): boolean {
    return mailsTo(this.address).length === this.read;
  }
}

/** The secret of a link. */
export function tokenOf(link: string): string {
  return new URLSearchParams(link.slice(link.indexOf("#") + 1)).get("token") ?? "";
}
