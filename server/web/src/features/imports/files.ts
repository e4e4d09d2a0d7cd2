/** What a file's name says about whether it can be an orders export. The server looks into it, whatever its name. */
export function looksLikeOrders(file: File): boolean {
  return /\.csv(\.gz)?$/i.test(file.name);
}

/** Whether something dragged over the page is a file and not, say, a piece of text. */
export function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}
