#!/bin/sh
# Lays the first inputs of each target into corpus/: what the tests of the house read, and the fixtures of the proof.
set -eu
cd "$(dirname "$0")"
mkdir -p corpus/answers corpus/sheets corpus/names corpus/mp4 corpus/pictures
seed() { printf '%b' "$3" > "corpus/$1/$2"; }
# Two bytes of status (100 + n % 500; 100 is HTTP 200), then the body.
seed answers accepted '\0000\0144{"code":200,"msg":"success","data":{"taskId":"0819ab"}}'
seed answers pending '\0000\0144{"code":200,"msg":"success","data":{"taskId":"0819","paramJson":"{}","response":null,"successFlag":0,"createTime":1785999477000,"errorCode":null,"errorMessage":""}}'
seed answers done '\0000\0144{"code":200,"data":{"successFlag":1,"response":{"resultUrls":["https://m/1.mp4"],"seeds":[61668],"hasAudioList":[true],"resolution":"720p"},"completeTime":"2025-06-06 10:30:00"}}'
seed answers text '\0000\0144{"code":200,"data":{"successFlag":1,"resultUrls":"[\\"https://m/1.mp4\\",\\"https://m/2.mp4\\"]"}}'
seed answers refused '\0000\0144{"code":422,"msg":"Record not found for taskId: 1","data":null}'
seed answers page '\0001\0222<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>'
seed sheets commas 'number,prompt,images,model,duration\n1,"a cat, in ""rain""",a.png|b.png,fast,8\n2,a dog,,quality,6 s\n'
seed sheets tabs '编号\t提示词\t比例\r\n1\t雨夜\t16：9\r\n'
seed sheets declared 'sep=;\nprompt;seed;watermark;mode\nx;12345;me;reference\n'
seed sheets list 'a cat\n\n"two\nlines"\n'
seed names plain '\0002\0000\0000\0000CON.tar'
seed names hostile '\0003\0000\0000\0000../../e\0314\0201tc/\0342\0200\0256passwd'
cp ../tests/prove/fixtures/*.mp4 corpus/mp4/
cp ../crates/engine/src/files/mp4/fixtures/*.mp4 corpus/mp4/
for kind in jpg png webp; do cp "seeds/small.$kind" corpus/pictures/; done
