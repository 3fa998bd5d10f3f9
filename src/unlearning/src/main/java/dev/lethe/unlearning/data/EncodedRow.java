package dev.lethe.unlearning.data;

import java.util.Arrays;

/**
 * A row as tokens, truncated to its maximum length and not padded.
 *
 * @param ids prompt, answer, end of text
 * @param answerStart the index of the answer's first token, {@code ids.length} where only the prompt fits
 */
@SuppressWarnings("ArrayRecordComponent") // made once, never compared
public record EncodedRow(int[] ids, int answerStart) {
    public int length() {
        return ids.length;
    }

    /** The row without the end of text that closes it, where one does. */
    public EncodedRow withoutEnd(int eosId) {
        boolean closed = ids.length > answerStart && ids[ids.length - 1] == eosId;
        return closed ? new EncodedRow(Arrays.copyOf(ids, ids.length - 1), answerStart) : this;
    }
}
