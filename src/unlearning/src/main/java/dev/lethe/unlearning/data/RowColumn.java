package dev.lethe.unlearning.data;

/** What a column of a file may have of a row. */
public enum RowColumn {
    /** The prompt. */
    INPUT,
    /** The answer; of a document, all of it. */
    OUTPUT,
    /** A chat, whose last message of the assistant is the answer. */
    MESSAGES,
    ID,
    TASK,
    KIND
}
