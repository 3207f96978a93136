// What is selected in the text: by a pointer, or with the arrows in the text itself. In UTF-16 units.

const UNITS = { ArrowUp: "line", ArrowDown: "line", Home: "lineboundary", End: "lineboundary" };
const WAYS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "backward", ArrowDown: "forward", Home: "backward", End: "forward" };

export class Selecting {
  constructor(text, { selected, clicked, tapped, moved }) {
    this.text = text;
    this.node = text.firstChild;
    this.touched = false; // whether the last pointer was a finger
    this.stop = new AbortController();
    const { signal } = this.stop;
    document.addEventListener("selectionchange", () => { selected(this.range()); moved(); }, { signal });
    // A drag may end beside the text: its frame hears of the click.
    const frame = text.closest(".desk-example") ?? text;
    document.addEventListener("pointerdown", (event) => { this.touched = event.pointerType === "touch"; }, { signal, capture: true });
    frame.addEventListener("click", (event) => {
      if (this.touched) tapped(this.range(), this.under(event));
      else clicked(this.range(), this.place());
    }, { signal });
    text.addEventListener("focus", () => { if (this.place() === null) this.collapse(0); moved(); }, { signal });
    text.addEventListener("blur", moved, { signal });
  }

  destroy() {
    this.stop.abort();
  }

  // What is selected of the text, if anything.
  range() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const touches = range.startContainer === this.node || range.endContainer === this.node;
    if (!touches && !(range.intersectsNode(this.node) && this.text.contains(range.commonAncestorContainer))) return null;
    const start = range.startContainer === this.node ? range.startOffset : 0;
    const end = range.endContainer === this.node ? range.endOffset : this.node.length;
    return start < end ? { start, end } : null;
  }

  // Where the caret is.
  place() {
    const { focusNode, focusOffset } = getSelection();
    return focusNode === this.node ? focusOffset : null;
  }

  // Which character a finger is on. A finger often leaves no caret, and a caret stands between two.
  under({ target, clientX, clientY }) {
    if (!this.text.contains(target)) return null;
    const found = document.caretPositionFromPoint?.(clientX, clientY) ?? document.caretRangeFromPoint?.(clientX, clientY);
    const unit = found?.offset ?? found?.startOffset ?? 0;
    if ((found?.offsetNode ?? found?.startContainer) !== this.node) return null;
    const before = document.createRange();
    before.setStart(this.node, Math.max(0, unit - 1));
    before.setEnd(this.node, unit);
    const on = [...before.getClientRects()].some((box) => box.left <= clientX && clientX <= box.right && box.top <= clientY && clientY <= box.bottom);
    return on || unit === this.node.length ? Math.max(0, unit - 1) : unit;
  }

  collapse(unit) {
    getSelection().collapse(this.node, unit);
  }

  clear() {
    const at = this.place();
    if (at === null) return;
    if (document.activeElement === this.text) this.collapse(at);
    else getSelection().removeAllRanges();
  }

  // True where the key moved the caret.
  key(event) {
    const way = WAYS[event.key];
    if (!way) return false;
    const selection = getSelection();
    const before = [selection.anchorNode, selection.anchorOffset, selection.focusNode, selection.focusOffset];
    const word = (event.ctrlKey || event.metaKey || event.altKey) && way.length < 6;
    selection.modify(event.shiftKey ? "extend" : "move", way, UNITS[event.key] ?? (word ? "word" : "character"));
    if (this.place() === null && before[0] === this.node) {
      const end = ["right", "forward"].includes(way) ? this.node.length : 0;
      selection.setBaseAndExtent(this.node, event.shiftKey ? before[1] : end, this.node, end);
    }
    return true;
  }
}
