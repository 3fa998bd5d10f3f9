package dev.lethe.unlearning.data;

/** Which tokens of a row a cross-entropy counts. A row's first token follows nothing and is never among them. */
public enum LossMask {
    /** The answer and the end of text. */
    ANSWER,
    /** Prompt and answer: memorising. */
    ALL
}
