/** A display that shows pictures of its own kind: bits, letters or words. Disposing of it clears it. */
export interface ScreenSink<Picture> extends AsyncDisposable {
  /** Shows a picture; sends only what is another than before, if it can. */
  write(picture: Picture): Promise<void>
}
