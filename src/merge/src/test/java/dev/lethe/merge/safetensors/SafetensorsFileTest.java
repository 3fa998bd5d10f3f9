package dev.lethe.merge.safetensors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.safetensors.Fixtures.Numbers;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of what readers must accept and reject (executed on the reference reader, and where we do better). */
class SafetensorsFileTest {
    @TempDir
    Path folder;

    /** 'T' stands for a U8 tensor of 4 bytes at 0. */
    private static final String T = "{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"a":T}                                                             | 4
            {"a":T}   \\n\\t\\r                                                 | 4
            \\n {"a":T}                                                         | 4
            {}                                                                  | 0
            {"__metadata__":null,"a":T}                                         | 4
            {"__metadata__":{"format":"pt"},"a":T}                              | 4
            {"":T}                                                              | 4
            {"a":{"dtype":"U8","extra":[{"x":1}],"shape":[4],"data_offsets":[0,4]}} | 4
            {"b":{"dtype":"U8","shape":[1],"data_offsets":[4,5]},"a":T}         | 5
            {"a":T,"y":{"dtype":"F32","shape":[0],"data_offsets":[4,4]},"z":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]}} | 4
            {"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}               | 4
            {"f":{"dtype":"F4","shape":[8],"data_offsets":[0,4]}}               | 4
            """)
    void accepts(String header, int dataBytes) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(write(header, dataBytes))) {
            assertThat(file.tensors().values().stream()
                            .mapToLong(TensorInfo::bytes)
                            .sum())
                    .isEqualTo(dataBytes);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            [T]                                                                 | 4 | a JSON object
            {"a":T}x                                                            | 4 | header
            {"a":T}\\0                                                          | 4 | header
            {"a":T                                                              | 4 | header
            {"a":T,"a":T}                                                       | 4 | Duplicate
            {"a":T,"\\u0061":T}                                                 | 4 | Duplicate
            {"__metadata__":{"k":"1","k":"2"},"a":T}                            | 4 | Duplicate
            {"__metadata__":{},"__metadata__":{},"a":T}                         | 4 | Duplicate
            {"__metadata__":{"k":1},"a":T}                                      | 4 | __metadata__.k
            {"__metadata__":[],"a":T}                                           | 4 | __metadata__
            {"a":{"dtype":"U8","shape":[4],"shape":[4],"data_offsets":[0,4]}}   | 4 | Duplicate
            {"a":{"dtype":"U8","data_offsets":[0,4]}}                           | 4 | no shape
            {"a":{"dtype":"u8","shape":[4],"data_offsets":[0,4]}}               | 4 | a.dtype
            {"a":{"dtype":"Q8","shape":[4],"data_offsets":[0,4]}}               | 4 | a.dtype
            {"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}              | 4 | a.shape
            {"a":{"dtype":"U8","shape":[-0,4],"data_offsets":[0,0]}}            | 4 | a.shape
            {"a":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}}             | 4 | a.shape
            {"a":{"dtype":"U8","shape":[4e0],"data_offsets":[0,4]}}             | 4 | a.shape
            {"a":{"dtype":"U8","shape":["4"],"data_offsets":[0,4]}}             | 4 | a.shape
            {"a":{"dtype":"U8","shape":[[4]],"data_offsets":[0,4]}}             | 4 | a.shape
            {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,4]}}             | 4 | a.data_offsets
            {"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}               | 4 | a.data_offsets
            {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,3]}}               | 3 | a.data_offsets
            {"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}               | 1 | a.shape
            {"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}} | 0 | a.shape
            {"a":{"dtype":"U8","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,0]}} | 0 | a.shape
            {"a":{"dtype":"U8","shape":[9999999999999999999],"data_offsets":[0,0]}} | 0 | a.shape
            {"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}}               | 5 | found a begin of 1
            {"a":T,"b":{"dtype":"U8","shape":[1],"data_offsets":[5,6]}}         | 6 | found a begin of 5
            {"a":T,"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}         | 5 | found a begin of 3
            {"a":T,"b":T}                                                       | 4 | found a begin of 0
            {"a":T}                                                             | 3 | length
            {"a":T}                                                             | 5 | length
            {"\\ud800":T}                                                       | 4 | surrogate
            {"a":{"x":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}}               | 4 | nesting
            """)
    void rejects(String header, int dataBytes, String said) throws IOException {
        Path file = write(header, dataBytes);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(said)
                .message()
                .hasLineCount(1);
    }

    @Test
    void rejectsBytesThatAreNotText() throws IOException {
        byte[] byteOrderMark = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, '{', '}'};
        for (byte[] header : new byte[][] {byteOrderMark, "{\"ä\":1}".getBytes(ISO_8859_1)}) {
            Path file = write(header, header.length, 0);
            assertThatThrownBy(() -> SafetensorsFile.open(file)).isInstanceOf(InvalidInput.class);
        }
    }

    @Test
    void checksTheHeaderLengthBeforeItAllocates() throws IOException {
        for (long claimed : new long[] {-1, Long.MIN_VALUE, 3, 100_000_001, Long.MAX_VALUE}) {
            Path file = write("{}".getBytes(UTF_8), claimed, 0);
            assertThatThrownBy(() -> SafetensorsFile.open(file))
                    .hasMessageContaining("header length")
                    .hasMessageContaining("at most 2");
        }
        Path stub = Files.write(folder.resolve("stub"), new byte[7]);
        assertThatThrownBy(() -> SafetensorsFile.open(stub)).hasMessageContaining("found 7 bytes");
        assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("none"))).hasMessageContaining("found nothing");
    }

    @ParameterizedTest
    @CsvSource({
        "GGUF\\3\\0\\0\\0, a GGUF file",
        "PK\\3\\4\\0\\0\\10\\10, a zip archive",
        "\\200\\2\\212\\nl\\374\\234F, a pickle file",
        "version https://git-lfs.github.com/spec/v1, a pointer of Git LFS",
        "<!DOCTYPE html>, a web page",
        "\\223NUMPY\\1\\0, a NumPy file",
        "{\"weight_map\": {}}, a JSON text",
    })
    void namesOtherFormats(String begin, String said) throws IOException {
        Path file = folder.resolve("other");
        Files.write(file, (begin.translateEscapes() + "\0".repeat(64)).getBytes(ISO_8859_1));
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .hasMessageStartingWith(file + ": format: found " + said)
                .hasMessageEndingWith(", expected a safetensors file");
    }

    /** As much metadata as the reference reader takes; what is wrong is quoted in part. */
    @Test
    void readsLongMetadata() throws IOException {
        String blob = "x".repeat(25_000_000);
        try (SafetensorsFile file =
                SafetensorsFile.open(write("{\"__metadata__\":{\"k\":\"%s\"}}".formatted(blob), 0))) {
            assertThat(file.header().metadata().get("k")).hasSize(blob.length());
        }
        Path wrong = write("{\"a\":{\"dtype\":\"%s\"}}".formatted(blob), 0);
        assertThatThrownBy(() -> SafetensorsFile.open(wrong))
                .message()
                .hasSizeLessThan(400)
                .endsWith("xx…, expected a safetensors type such as F32");
    }

    @Test
    void readsUnalignedTensors() throws IOException {
        String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"f\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}";
        Path path = write(header, 5);
        byte[] bytes = Files.readAllBytes(path);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, 2.5f);
        Files.write(path, bytes);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(FloatBlocks.readAll(Dtype.F32, file.data("f"))).containsExactly(2.5f);
            assertThat(file.data("a").get(ValueLayout.JAVA_BYTE, 0)).isZero();
            assertThatThrownBy(() -> file.data("g")).hasMessageContaining("g: found no such tensor");
        }
    }

    /** Whatever bytes differ, the answer is a header or one line; the seed is fixed so that a failure repeats. */
    @Test
    void survivesDamagedHeaders() throws IOException {
        byte[] bytes = Files.readAllBytes(write("{\"__metadata__\":{\"k\":\"v\"},\"a\":T}", 4));
        Random random = new Random(7);
        for (int round = 0; round < 400; round++) {
            byte[] damaged = Arrays.copyOf(bytes, bytes.length - (round % 5 == 0 ? random.nextInt(bytes.length) : 0));
            for (int i = 0; i <= round % 3 && damaged.length > 0; i++) {
                byte[] likely = {'{', '}', '"', '[', ',', ':', '0', '9', '-', '\\', 0, (byte) random.nextInt()};
                damaged[random.nextInt(damaged.length)] = likely[random.nextInt(likely.length)];
            }
            Path file = Files.write(folder.resolve("damaged"), damaged);
            try (SafetensorsFile open = SafetensorsFile.open(file)) {
                assertThat(open.header().dataBytes()).isLessThanOrEqualTo(damaged.length);
            } catch (InvalidInput e) {
                assertThat(e).message().startsWith(file.toString()).hasLineCount(1);
            }
        }
    }

    /** A sparse file: the tensor is 3 GiB, the disk holds a few blocks. */
    @Test
    void readsTensorsBeyondTwoGibibytes() throws IOException {
        long elements = 3L << 28;
        String header =
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(elements, 4 * elements);
        Path path = write(header, 0);
        try (var channel = Files.newByteChannel(path, StandardOpenOption.WRITE)) {
            ByteBuffer last = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            channel.position(8 + header.length() + 4 * elements - 4)
                    .write(last.putFloat(7f).flip());
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            float[] block = new float[2];
            FloatBlocks.read(Dtype.F32, file.data("a"), elements - 2, block, 2);
            assertThat(block).containsExactly(0f, 7f);
        }
    }

    private Path write(String header, int dataBytes) throws IOException {
        String text = header.replace("T", T)
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\r", "\r")
                .replace("\\0", "\0");
        return write(text.getBytes(UTF_8), text.getBytes(UTF_8).length, dataBytes);
    }

    private Path write(byte[] header, long claimedLength, int dataBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(
                folder.resolve("model.safetensors"),
                bytes.putLong(claimedLength).put(header).array());
    }

    @Test
    void nothingIsReadOutsideTheTensor() throws IOException {
        Map<String, Numbers> tensors =
                Map.of("a", Numbers.f32(new long[] {2}, 1, 2), "b", Numbers.f32(new long[] {2}, 3, 4));
        Path path = Fixtures.write(folder.resolve("two.safetensors"), tensors, Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            TensorInfo a = file.info("a");
            for (long offset : new long[] {-4, 4, 8, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertThatThrownBy(() -> file.read(a, offset, ByteBuffer.allocate(8)))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessageContaining("do not lie in");
            }
            assertThatThrownBy(() -> file.read(TensorInfo.of(Dtype.F32, 4), 0, ByteBuffer.allocate(16)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
