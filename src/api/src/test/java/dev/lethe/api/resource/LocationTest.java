package dev.lethe.api.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import dev.lethe.catalog.Catalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String DIGEST = "sha256:" + "0".repeat(64);

    @ParameterizedTest
    @CsvSource({
        "pvc://models/a/b, pvc://models/a/b",
        "pvc://models//a/./b/, pvc://models/a/b",
        "file:a/b, file:a/b",
        "file:/a//b/., file:/a/b",
        "file:///a/b, file:/a/b",
        "s3://bucket/a//b/, s3://bucket/a//b",
        "hf://a/b, hf://a/b"
    })
    void allSpellingsOfAPlaceAreOne(String spelling, String uri) {
        assertThat(Location.of(spelling).normalized().uri()).isEqualTo(uri);
    }

    @Test
    void eachKindOfPlaceIsAType() {
        assertThat(Location.of("hf://a/b@v1")).isEqualTo(new Location.HubModel("a", "b", "v1"));
        assertThat(Location.of("hf://a/b@refs/pr/1")).isEqualTo(new Location.HubModel("a", "b", "refs/pr/1"));
        assertThat(Location.of("hf://datasets/a/b/c/d.jsonl"))
                .isEqualTo(new Location.HubDataset("a", "b", null, "c/d.jsonl"));
        assertThat(Location.of("hf://datasets/a/b@refs/convert/parquet/c/0.parquet"))
                .isEqualTo(new Location.HubDataset("a", "b", "refs/convert/parquet", "c/0.parquet"));
        assertThat(Location.of("s3://a.b/c/d?versionId=x_1")).isEqualTo(new Location.S3("a.b", "c/d", "versionId=x_1"));
        assertThat(Location.of("oci://r.example:5000/a/b:1@" + DIGEST))
                .isEqualTo(new Location.Oci("r.example:5000", "a/b", "1", DIGEST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hf://a/b@" + COMMIT, "s3://aaa/b?etags=0", "oci://r/a@sha256:"})
    void aNameOfOneContentIsKnown(String uri) {
        String whole = uri.endsWith(":") ? uri + "0".repeat(64) : uri;
        assertThat(((Location.Remote) Location.of(whole)).immutable()).isTrue();
        assertThat(((Location.Remote)
                                Location.of(whole.replaceFirst("[?@].*", "").replace("oci://r/a", "oci://r/a:1")))
                        .immutable())
                .isFalse();
    }

    /** The schema's pattern refuses what this does, but for the path that a rule refuses. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            models/a                     | one of pvc://CLAIM/PATH, file:PATH, hf://OWNER/NAME[@REVISION], hf://datasets/OWNER/NAME[@REVISION]/FILE, s3://BUCKET/KEY, oci://REGISTRY/REPOSITORY:TAG or @sha256:HEX
            pv://models/a                | @sha256:HEX; did you mean pvc:?
            gs://bucket/a                | one of
            pvc://models                 | pvc://CLAIM/PATH
            pvc:models/a                 | one of
            hf://gpt2                    | hf://OWNER/NAME[@REVISION]
            hf://datasets/a              | hf://datasets/OWNER/NAME[@REVISION]/FILE
            s3://bucket                  | s3://BUCKET/KEY
            oci://registry/a             | oci://REGISTRY/REPOSITORY:TAG or @sha256:HEX
            s3://key:secret@bucket/a     | no user, password or token in a URI: they come from the environment, or from a Secret
            oci://user:secret@r/a:1      | no user, password or token in a URI
            """)
    void whatIsNoPlaceIsSaidInALine(String uri, String expected) {
        assertThatThrownBy(() -> Location.of(uri))
                .isInstanceOf(InvalidLocation.class)
                .hasMessageContaining("expected ")
                .hasMessageContaining(expected)
                .hasMessageNotContaining("secret@");
        assertThat(Pattern.compile(Syntax.URI).matcher(uri).find()).isEqualTo(uri.equals("hf://datasets/a"));
    }

    @Test
    void aSignedLinkIsNotRepeated() {
        assertThatThrownBy(() -> Location.of("https://b.example/a?X-Amz-Signature=secret"))
                .hasMessageStartingWith("found https://b.example/a?***, expected one of");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"pvc://models/a/../../b", "pvc://models/..", "s3://bucket/a/../b", "hf://datasets/a/b/../c.csv"})
    void whatClimbsIsRefusedElsewhereThanOnThisMachine(String uri) {
        assertThatThrownBy(() -> Location.of(uri)).hasMessage("found %s, expected a path without '..'", uri);
        assertThat(Pattern.compile(Syntax.CLIMBS).matcher(uri).find()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:../models/a", "pvc://models/a..b", "s3://bucket/..a/b"})
    void aNameMayHaveDots(String uri) {
        assertThat(Location.of(uri).uri()).isEqualTo(uri);
        assertThat(Pattern.compile(Syntax.CLIMBS).matcher(uri).find()).isFalse();
    }

    @Test
    void everySourceOfTheCatalogueIsAPlace() {
        assertThat(Catalog.SOURCES.all())
                .allMatch(it -> Location.of(it.example()).uri().equals(it.example()))
                .extracting(it -> Location.of(it.example()).getClass())
                .doesNotHaveDuplicates();
    }
}
