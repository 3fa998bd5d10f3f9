package dev.lethe.sources;

import dev.lethe.api.resource.Location;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Stores that speak S3's protocol. Endpoint, region and credentials come from where AWS' own tools read them: the environment,
 * profiles, web identity. Where there are none, nobody signs.
 */
final class S3 implements Store {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** What says that there are credentials, and where. */
    private static final List<String> NAMING = List.of(
            "AWS_PROFILE",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI");

    private final S3Client client;
    private final Transfer transfer;

    private S3(S3Client client, Transfer transfer) {
        this.client = client;
        this.transfer = transfer;
    }

    static S3 of(Map<String, String> environment, Transfer transfer) {
        Function<String, Optional<String>> said =
                name -> Optional.ofNullable(environment.get(name)).filter(it -> !it.isBlank());
        Optional<URI> endpoint = WebClient.endpoint(environment, "AWS_ENDPOINT_URL_S3")
                .or(() -> WebClient.endpoint(environment, "AWS_ENDPOINT_URL"));
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(TIMEOUT)
                        .socketTimeout(TIMEOUT))
                .credentialsProvider(credentials(said))
                .region(region(said))
                // The tries are counted where the bytes are.
                .overrideConfiguration(it -> it.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        endpoint.ifPresentOrElse(
                it -> builder.endpointOverride(it).forcePathStyle(!it.getHost().endsWith(".amazonaws.com")),
                () -> builder.crossRegionAccessEnabled(true));
        return new S3(builder.build(), transfer);
    }

    private static AwsCredentialsProvider credentials(Function<String, Optional<String>> said) {
        Optional<String> key = said.apply("AWS_ACCESS_KEY_ID");
        Optional<String> secret = said.apply("AWS_SECRET_ACCESS_KEY");
        if (key.isPresent() && secret.isPresent()) {
            return StaticCredentialsProvider.create(said.apply("AWS_SESSION_TOKEN")
                    .map(token -> (AwsCredentials) AwsSessionCredentials.create(key.get(), secret.get(), token))
                    .orElseGet(() -> AwsBasicCredentials.create(key.get(), secret.get())));
        }
        AwsCredentialsProvider usual = DefaultCredentialsProvider.builder().build();
        try {
            usual.resolveCredentials();
            return usual;
        } catch (SdkClientException none) {
            // Whoever says where credentials are does not want to be nobody.
            NAMING.stream()
                    .filter(name -> said.apply(name).isPresent())
                    .findFirst()
                    .ifPresent(name -> {
                        throw new SourceUnavailable(
                                "s3", "the credentials that %s names cannot be used now".formatted(name));
                    });
            return AnonymousCredentialsProvider.create();
        }
    }

    private static Region region(Function<String, Optional<String>> said) {
        try {
            return said.apply("AWS_REGION")
                    .or(() -> said.apply("AWS_DEFAULT_REGION"))
                    .map(Region::of)
                    .orElseGet(() -> new DefaultAwsRegionProviderChain().getRegion());
        } catch (SdkClientException none) {
            return Region.US_EAST_1; // which knows where all buckets are, and other stores have no regions
        }
    }

    @Override
    public Snapshot resolve(Location.Remote remote) {
        Location.S3 place = (Location.S3) remote;
        String version = place.version() == null ? "" : place.version();
        String id = version.startsWith("versionId=") ? version.substring("versionId=".length()) : null;
        Optional<HeadObjectResponse> one = place.key().endsWith("/") ? Optional.empty() : head(place, place.key(), id);
        Snapshot found = one.map(it -> object(place, it)).orElseGet(() -> folder(place));
        if (version.startsWith("etags=") && !found.place().uri().equals(place.uri())) {
            throw RefusedInput.at(
                    new Location.S3(place.bucket(), place.key(), null).uri(),
                    "listing",
                    ((Location.S3) found.place()).version(),
                    version);
        }
        return found;
    }

    private static Snapshot object(Location.S3 place, HeadObjectResponse head) {
        RemoteFile file = file(place.title(), place.key(), head);
        String id = head.versionId();
        String version = id != null && !id.equals("null") && id.matches("[-A-Za-z0-9._]+")
                ? "versionId=" + id
                : "etags=" + Snapshot.id(List.of(file));
        return Snapshot.file(new Location.S3(place.bucket(), place.key(), version), file);
    }

    private Snapshot folder(Location.S3 place) {
        String prefix = place.normalized().key() + "/";
        List<S3Object> objects = ask(place, () -> {
                    List<S3Object> all = new ArrayList<>();
                    client.listObjectsV2Paginator(ListObjectsV2Request.builder()
                                    .bucket(place.bucket())
                                    .prefix(prefix)
                                    .delimiter("/")
                                    .build())
                            .contents()
                            .forEach(all::add);
                    return all;
                })
                .orElse(List.of());
        if (objects.isEmpty()) {
            throw InvalidInput.at(place.uri(), "key", "neither an object nor a folder of them", "one of the two");
        }
        List<RemoteFile> all = objects.stream()
                .map(it -> RemoteFile.of(it.key().substring(prefix.length()), it.size(), null, it.key(), it.eTag()))
                .toList();
        List<RemoteFile> files = new ArrayList<>();
        for (RemoteFile taken : Snapshot.folder(place, all).files()) {
            HeadObjectResponse head = head(place, taken.address(), null)
                    .orElseThrow(() -> new SourceUnavailable(place.uri(), taken.name() + " went away meanwhile"));
            files.add(file(taken.name(), taken.address(), head));
        }
        String version = "etags=" + Snapshot.id(files);
        return Snapshot.folder(
                new Location.S3(place.bucket(), place.normalized().key(), version), files);
    }

    /** What a store says of an object; empty where there is none. */
    private Optional<HeadObjectResponse> head(Location.S3 place, String key, @Nullable String version) {
        return ask(
                place,
                () -> client.headObject(HeadObjectRequest.builder()
                        .bucket(place.bucket())
                        .key(key)
                        .versionId(version)
                        .checksumMode(ChecksumMode.ENABLED)
                        .build()));
    }

    private static RemoteFile file(String name, String key, HeadObjectResponse head) {
        return RemoteFile.of(name, head.contentLength(), checksum(head), key, head.eTag());
    }

    /** An ETag is the MD5 of what was put in one part, unless a key of the store's key service encrypts it. */
    private static @Nullable Checksum checksum(HeadObjectResponse head) {
        if (head.checksumSHA256() != null && head.checksumType() != ChecksumType.COMPOSITE) {
            return Checksum.sha256(HexFormat.of().formatHex(Base64.getDecoder().decode(head.checksumSHA256())));
        }
        String tag = head.eTag().replace("\"", "");
        boolean plain =
                head.serverSideEncryption() == null || head.serverSideEncryption() == ServerSideEncryption.AES256;
        return plain && head.sseCustomerAlgorithm() == null && tag.matches("[0-9a-f]{32}")
                ? new Checksum(Checksum.Algorithm.MD5, tag)
                : null;
    }

    @Override
    public InputStream open(Snapshot snapshot, RemoteFile file, long from, long count) throws IOException {
        Location.S3 place = (Location.S3) snapshot.place();
        String version = String.valueOf(place.version());
        return sent(
                        place,
                        () -> client.getObject(GetObjectRequest.builder()
                                .bucket(place.bucket())
                                .key(file.address())
                                .versionId(
                                        version.startsWith("versionId=")
                                                ? version.substring("versionId=".length())
                                                : null)
                                .ifMatch(file.version())
                                .range("bytes=%d-%d".formatted(from, from + count - 1))
                                .build()))
                .orElseThrow(() -> new SourceUnavailable(place.uri(), file.name() + " went away meanwhile"));
    }

    private <T> Optional<T> ask(Location.S3 place, Transfer.Request<T> request) {
        return transfer.persist(place.uri(), () -> sent(place, request));
    }

    /**
     * What a store answers; empty where there is no such object.
     *
     * @throws IOException for what may pass
     */
    private static <T> Optional<T> sent(Location.S3 place, Transfer.Request<T> request) throws IOException {
        try {
            return Optional.of(request.send());
        } catch (S3Exception e) {
            String code = e.awsErrorDetails() == null
                    ? ""
                    : String.valueOf(e.awsErrorDetails().errorCode());
            if (e.statusCode() == 404 && !code.equals("NoSuchBucket")) {
                return Optional.empty();
            }
            throw failed(place, e.statusCode(), code);
        } catch (SdkClientException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static RuntimeException failed(Location.S3 place, int status, String code) throws IOException {
        String where = place.uri();
        switch (code) {
            case "ExpiredToken", "TokenRefreshRequired", "RequestTimeTooSkewed" ->
                throw new SourceUnavailable(where, "the credentials are not valid now (%s)".formatted(code));
            case "NoSuchBucket" -> throw InvalidInput.at(where, "bucket", "none of that name", "one of the store's");
            case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException" ->
                throw InvalidInput.at(where, "region", "another than the bucket's", "AWS_REGION of the bucket");
            case "InvalidRange", "PreconditionFailed" ->
                throw new SourceUnavailable(where, "it changed while it was fetched");
            default -> {
                if (status == 412) {
                    throw new SourceUnavailable(where, "it changed while it was fetched");
                }
                if (status == 429 || status >= 500) {
                    throw new Busy("HTTP %d %s".formatted(status, code).strip(), Duration.ZERO);
                }
                if (status == 401 || status == 403) {
                    throw RefusedInput.at(
                            where,
                            "access",
                            "credentials that the store does not let in (%s)"
                                    .formatted(code.isEmpty() ? "HTTP " + status : code),
                            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile, of somebody who may read it");
                }
                throw InvalidInput.at(
                        where, "answer", "HTTP %d %s".formatted(status, code).strip(), "the object");
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
