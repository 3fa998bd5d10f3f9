package dev.lethe.merge.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.merge.InvalidInput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Headers damaged in 100,000 ways, in memory: the answer is a header that keeps the format's rules, or one line. */
class HeaderFuzzTest {
    private static final int ROUNDS = 100_000;
    private static final String[] SEEDS = {
        "{\"__metadata__\":{\"format\":\"pt\",\"k\":\"v\"},\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[4,12]}}",
        "{\"w\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[0,12]},\"e\":{\"dtype\":\"F64\",\"shape\":[0],"
                + "\"data_offsets\":[12,12]}}   ",
        "{\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},\"f\":{\"dtype\":\"F4\",\"shape\":[16],"
                + "\"data_offsets\":[4,12]},\"x\":{\"extra\":[1,{\"y\":null}],\"dtype\":\"I64\",\"shape\":[0,9],"
                + "\"data_offsets\":[4,4]}}"
    };
    private static final String[] TOKENS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\u0061",
        "\\",
        "0",
        "-1",
        "1e3",
        "9223372036854775807",
        "18446744073709551616",
        "null",
        "true",
        "\"a\"",
        "\"dtype\"",
        "\"shape\"",
        "\"data_offsets\"",
        "\"F32\"",
        "\"__metadata__\"",
        " ",
        "\0"
    };

    @Test
    void acceptsNothingThatBreaksTheRulesAndNeverCrashes() {
        Random random = new Random(11);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] header = damaged(SEEDS[round % SEEDS.length].getBytes(UTF_8), random);
            long dataBytes = random.nextInt(8) == 0 ? random.nextInt(16) : 12;
            try {
                check(HeaderParser.parse("file", ByteBuffer.wrap(header), dataBytes), dataBytes);
                accepted++;
            } catch (InvalidInput e) {
                assertThat(e.getMessage()).startsWith("file: ").doesNotContain("\n");
            }
        }
        assertThat(accepted).isBetween(ROUNDS / 1000, ROUNDS / 2);
    }

    private static byte[] damaged(byte[] header, Random random) {
        byte[] bytes = header;
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            int at = random.nextInt(bytes.length);
            bytes = switch (random.nextInt(5)) {
                case 0 -> replaced(bytes, at, 1, new byte[] {(byte) random.nextInt()});
                case 1 -> replaced(bytes, at, random.nextInt(6), new byte[0]);
                case 2 -> replaced(bytes, at, 0, TOKENS[random.nextInt(TOKENS.length)].getBytes(UTF_8));
                case 3 -> replaced(bytes, at, 1, TOKENS[random.nextInt(TOKENS.length)].getBytes(UTF_8));
                default -> replaced(bytes, at, 0, Arrays.copyOfRange(bytes, at / 2, at));
            };
            if (bytes.length == 0) {
                return new byte[] {'{'};
            }
        }
        return bytes;
    }

    private static byte[] replaced(byte[] bytes, int at, int length, byte[] by) {
        int end = Math.min(bytes.length, at + length);
        byte[] result = Arrays.copyOf(bytes, bytes.length - (end - at) + by.length);
        System.arraycopy(by, 0, result, at, by.length);
        System.arraycopy(bytes, end, result, at + by.length, bytes.length - end);
        return result;
    }

    /** The rules once more, written apart from the parser. */
    private static void check(Header header, long dataBytes) {
        List<TensorInfo> tensors = new ArrayList<>(header.tensors().values());
        tensors.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
        long position = 0;
        for (TensorInfo tensor : tensors) {
            long bits = tensor.dtype().bits();
            for (long size : tensor.dimensions()) {
                assertThat(size).isNotNegative();
                bits *= size;
            }
            assertThat(tensor.begin()).isEqualTo(position);
            assertThat(8 * (tensor.end() - tensor.begin())).isEqualTo(bits);
            position = tensor.end();
        }
        assertThat(position).isEqualTo(dataBytes);
    }
}
