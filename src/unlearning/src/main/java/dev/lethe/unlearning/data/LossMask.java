package dev.lethe.unlearning.data;

/** Which tokens of a row count in a cross-entropy. The first token of a row has no context and never counts. */
public enum LossMask {
    /** The answer and the end of text. */
    ANSWER,
    /** Prompt and answer: memorising. */
    ALL
}
