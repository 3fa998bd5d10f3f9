package dev.lethe.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityFileTest {
    @Test
    void itIsReadAnewAndWhatCannotBeUsedIsNot(@TempDir Path folder) throws Exception {
        var file = folder.resolve("ca.crt");
        assertThatThrownBy(() -> new CertificateAuthorityFile(file))
                .hasMessageStartingWith("lethe.progress.ca: " + file);

        var one = Certificate.make(folder).authority();
        Files.writeString(file, one);
        var authority = new CertificateAuthorityFile(file);
        assertThat(authority.get().certificates()).isEqualTo(one);

        Files.writeString(file, one.substring(0, 200));
        assertThat(authority.get().certificates()).isEqualTo(one);
        Files.writeString(file, "");
        assertThat(authority.get().certificates()).isEqualTo(one);
        Files.delete(file);
        assertThat(authority.get().certificates()).isEqualTo(one);

        var two = Certificate.make(folder).authority();
        Files.writeString(file, two);
        assertThat(authority.get().certificates()).isEqualTo(two);
    }
}
