package dev.lethe.merge.digest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDigestsTest {
    @TempDir
    Path folder;

    /** That it is not read again shows where its bytes change behind the file system's back. */
    @Test
    void aFileThatIsRenamedIsNotReadAgainButOneThatChangesIs() throws IOException {
        FileDigests digests = new FileDigests();
        Path file = Files.writeString(folder.resolve("a"), "one");
        String one = digests.of(file);
        FileTime written = Files.getLastModifiedTime(file);

        Path renamed = Files.move(file, folder.resolve("b"));
        Files.writeString(renamed, "two");
        Files.setLastModifiedTime(renamed, written);
        assertThat(digests.of(renamed)).isEqualTo(one);

        Files.setLastModifiedTime(renamed, FileTime.fromMillis(written.toMillis() + 1));
        assertThat(digests.of(renamed)).isEqualTo(Digest.ofFile(renamed)).isNotEqualTo(one);
    }
}
