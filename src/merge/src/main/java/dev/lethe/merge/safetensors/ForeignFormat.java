package dev.lethe.merge.safetensors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/**
 * What people take for safetensors, by its first bytes. To be asked only where these bytes, read as the length of a header,
 * are of none that a safetensors file may have: a file that was cut off is not of another format.
 */
enum ForeignFormat {
    GGUF("a GGUF file", "GGUF"),
    LFS_POINTER("a pointer of Git LFS (git lfs pull fetches the file)", "version https://git-lfs"),
    ZIP("a zip archive, as torch.save writes", "PK\u0003\u0004"),
    PICKLE_2("a pickle file", "\u0080\u0002"),
    PICKLE_4("a pickle file", "\u0080\u0004\u0095"),
    HDF5("an HDF5 file", "\u0089HDF"),
    NUMPY("a NumPy file", "\u0093NUMPY"),
    GZIP("a gzip archive", "\u001f\u008b"),
    MARKUP("a web page or XML", "<"),
    JSON("a JSON text", "{");

    private static final int MOST_BYTES = 64;

    private final String text;
    /** A character for each byte. */
    private final String begin;

    ForeignFormat(String text, String begin) {
        this.text = text;
        this.begin = begin;
    }

    /** What a file is, for people. */
    String text() {
        return text;
    }

    static Optional<ForeignFormat> of(MemorySegment file) {
        byte[] first = file.asSlice(0, Math.min(MOST_BYTES, file.byteSize())).toArray(ValueLayout.JAVA_BYTE);
        String text = new String(first, ISO_8859_1);
        return Arrays.stream(values())
                .filter(format -> text.startsWith(format.begin))
                .findFirst();
    }
}
