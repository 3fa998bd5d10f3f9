package dev.lethe.unlearning.data;

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
}
