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
# A workbook, so that the reader of zips is reached: the smallest that is one.
if command -v python3 > /dev/null; then python3 - << 'END'
import zipfile
R = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
def rels(*all): return '<Relationships>' + ''.join('<Relationship Id="%s" Type="%s/%s" Target="%s"/>' % (i, R, k, t) for i, k, t in all) + '</Relationships>'
cell = lambda name, text: '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (name, text)
rows = ''.join('<row r="%d">%s</row>' % (n, cell('A%d' % n, text)) for n, text in enumerate(['prompt', 'a cat', 'a dog'], 1))
parts = {
    '_rels/.rels': rels(('r1', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': '<workbook xmlns:r="%s"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>' % R,
    'xl/_rels/workbook.xml.rels': rels(('r1', 'worksheet', 'worksheets/sheet1.xml')),
    'xl/worksheets/sheet1.xml': '<worksheet><dimension ref="A1:A3"/><sheetData>%s</sheetData><drawing r:id="d"/></worksheet>' % rows,
    'xl/worksheets/_rels/sheet1.xml.rels': rels(('d', 'drawing', '../drawings/drawing1.xml')),
    'xl/drawings/drawing1.xml': '<wsDr><twoCellAnchor><from><col>1</col><row>1</row></from><to><col>2</col><row>2</row></to><pic><blip r:embed="p"/></pic></twoCellAnchor></wsDr>',
    'xl/drawings/_rels/drawing1.xml.rels': rels(('p', 'image', '../media/image1.png')),
    'xl/media/image1.png': 'x',
}
# Stored, not packed: the fuzzer can change what is inside.
with zipfile.ZipFile('corpus/sheets/book', 'w', zipfile.ZIP_STORED) as book:
    for name, text in parts.items(): book.writestr(name, text)
END
fi
cp ../tests/prove/fixtures/*.mp4 corpus/mp4/
cp ../crates/engine/src/files/mp4/fixtures/*.mp4 corpus/mp4/
for kind in jpg png webp; do cp "seeds/small.$kind" corpus/pictures/; done
