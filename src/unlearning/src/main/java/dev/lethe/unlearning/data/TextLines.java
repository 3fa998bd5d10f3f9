package dev.lethe.unlearning.data;

import dev.lethe.merge.InvalidInput;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines of a file in UTF-8, without byte order marks.
 *
 * @param source the file, as errors name it
 * @param lines the last line break ends the last line and begins no other
 */
record TextLines(String source, List<String> lines) {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** @throws InvalidInput naming the first line that is not UTF-8 */
    static TextLines of(String source, byte[] bytes) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            try {
                String line = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes, start, end - start))
                        .toString();
                // Files that were put together have a mark wherever one of them began.
                lines.add(line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line);
            } catch (CharacterCodingException e) {
                throw InvalidInput.at(
                        source + " line " + (lines.size() + 1), "text", "bytes that are not UTF-8", "UTF-8");
            }
            start = end + 1;
        }
        return new TextLines(source, lines);
    }

    /** The first line that is not blank; empty where there is none. */
    String first() {
        return lines.stream().filter(line -> !line.isBlank()).findFirst().orElse("");
    }

    String whole() {
        return String.join("\n", lines);
    }
}
